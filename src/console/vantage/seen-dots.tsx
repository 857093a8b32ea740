import type { ReactElement } from 'react'
import type { LiveRow } from '../live/row.ts'
import { seenSentence, SIGHT_LOOKS, sightsOf } from './marks.ts'

/** More are counted. */
const SHOWN_MAX = 8

/** One dot for each observer, in their order; one sentence for those who do not see them. */
export function SeenDots({ seenBy }: { readonly seenBy: LiveRow['seenBy'] }): ReactElement | null {
  if (seenBy === null) return null
  const sights = sightsOf(seenBy)
  const sentence = seenSentence(seenBy)
  return (
    <span className="inline-flex flex-none items-center gap-0.5" title={sentence}>
      {sights.slice(0, SHOWN_MAX).map(({ observer, sight }) => (
        <span key={observer} aria-hidden className={`sight-dot ${SIGHT_LOOKS[sight].className}`} />
      ))}
      {sights.length > SHOWN_MAX ? (
        <span aria-hidden className="text-[11px] text-dim">
          +{sights.length - SHOWN_MAX}
        </span>
      ) : null}
      <span className="sr-only">{sentence}</span>
    </span>
  )
}
