import { useQuery } from '@tanstack/react-query'
import { useApp } from '../app-context.ts'

/** Read so often while the page is visible. */
const REFRESH_MS = 3_000

/** Targets by observers, worst first; `data` is what was seen last while the hub is away. */
export function useMatrix(q: string, page: number) {
  const { api } = useApp()
  return useQuery({
    queryKey: ['matrix', q, page],
    queryFn: () => api.matrix({ q: q === '' ? undefined : q, page }),
    refetchInterval: REFRESH_MS,
    placeholderData: (before) => before,
  })
}

/** How observers are, with incidents of the last week. */
export function useObservers() {
  const { api } = useApp()
  return useQuery({
    queryKey: ['observers'],
    queryFn: () => api.observers(),
    refetchInterval: REFRESH_MS,
  })
}
