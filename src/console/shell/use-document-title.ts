import { useEffect } from 'react'
import type { Counters } from '../../wire/api/objects.ts'

/** The worst stands in the tab: `■ 3 Parallax`. */
export function useDocumentTitle(counters: Counters | undefined): void {
  const worst = (counters?.services.critical ?? 0) + (counters?.hosts.down ?? 0)
  useEffect(() => {
    document.title = worst > 0 ? `■ ${worst} Parallax` : 'Parallax'
  }, [worst])
}
