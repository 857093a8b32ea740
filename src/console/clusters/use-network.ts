import { useQuery } from '@tanstack/react-query'
import type { ClusterRow, CollectorRow, HubRow } from '../../wire/api/network.ts'
import { useApp } from '../app-context.ts'

/** Read so often while the page is visible. */
const REFRESH_MS = 2_000

export interface NetworkNow {
  readonly clusters: readonly ClusterRow[]
  readonly collectors: readonly CollectorRow[]
  readonly hubs: readonly HubRow[]
}

/** The network as the hub sees it now; `data` is what was seen last while the hub is away. */
export function useNetwork() {
  const { api } = useApp()
  return useQuery({
    queryKey: ['network'],
    queryFn: async (): Promise<NetworkNow> => {
      const [clusters, collectors, hubs] = await Promise.all([
        api.clusters(),
        api.collectors(),
        api.hubs(),
      ])
      return { clusters, collectors, hubs }
    },
    refetchInterval: REFRESH_MS,
  })
}

const NOBODY: readonly ClusterRow[] = []

/** Clusters alone, for blind spots. */
export function useClusters(): readonly ClusterRow[] {
  const { api } = useApp()
  const query = useQuery({
    queryKey: ['clusters'],
    queryFn: () => api.clusters(),
    refetchInterval: REFRESH_MS,
  })
  return query.data ?? NOBODY
}
