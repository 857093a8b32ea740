import type { ReactElement } from 'react'

/** Two observers, one verdict. */
export function Mark({ size = 22 }: { readonly size?: number }): ReactElement {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" aria-hidden="true">
      <circle cx="8" cy="12" r="6.5" stroke="var(--accent)" strokeWidth="2.2" />
      <circle cx="16" cy="12" r="6.5" stroke="var(--accent)" strokeWidth="2.2" />
      <circle cx="12" cy="12" r="2.4" fill="var(--text-critical)" />
    </svg>
  )
}
