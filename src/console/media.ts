import { useSyncExternalStore } from 'react'

/** Narrower than this there is no room for columns: rows become cards. */
const phone = window.matchMedia('(max-width: 767px)')
const wide = window.matchMedia('(min-width: 1024px)')

function useMedia(query: MediaQueryList): boolean {
  return useSyncExternalStore(
    (hear) => {
      query.addEventListener('change', hear)
      return () => query.removeEventListener('change', hear)
    },
    () => query.matches,
  )
}

export function useIsPhone(): boolean {
  return useMedia(phone)
}

/** Room for a side panel beside the list. */
export function useHasPanel(): boolean {
  return useMedia(wide)
}
