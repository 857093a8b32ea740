import type { Reports, VantageMatrix } from '../../wire/api/truth.ts'
import type { LiveRow } from '../live/row.ts'

export type EvidenceClass = NonNullable<Reports['items'][number]['class']>
export type SetAsideReason = NonNullable<VantageMatrix['observers'][number]['setAside']>

/** What a dot or a cell of an observer says. */
export type Sight = 'ok' | 'fails' | 'silent' | 'blind' | 'nothing' | 'aside'

/** Shapes as those of states, so that colour is never alone. */
export const SIGHT_LOOKS: Readonly<
  Record<Sight, { readonly letter: string; readonly word: string; readonly className: string }>
> = {
  ok: { letter: '✓', word: 'says ok', className: 'sight-ok' },
  fails: { letter: 'E', word: 'sees an error', className: 'sight-fails' },
  silent: { letter: 'T', word: 'gets no answer', className: 'sight-silent' },
  blind: { letter: 'U', word: 'could not look', className: 'sight-blind' },
  nothing: { letter: '–', word: 'has said nothing lately', className: 'sight-nothing' },
  aside: { letter: '×', word: 'is set aside', className: 'sight-aside' },
}

const SIGHTS: Readonly<Record<string, Sight>> = {
  o: 'ok',
  f: 'fails',
  t: 'silent',
  u: 'blind',
  '-': 'nothing',
  x: 'aside',
}

const OF_CLASS: Readonly<Record<EvidenceClass, Sight>> = {
  ok: 'ok',
  error: 'fails',
  timeout: 'silent',
  unknown: 'blind',
}

export const REASONS: Readonly<Record<SetAsideReason, string>> = {
  contradicted: 'others contradict it',
  'false-ok': 'it says OK where two other sites keep failing',
  silent: 'it is silent',
}

export function sightOf(kind: EvidenceClass): Sight {
  return OF_CLASS[kind]
}

/** One for each observer, in their order. */
export function sightsOf({ observers, marks }: NonNullable<LiveRow['seenBy']>): readonly {
  readonly observer: string
  readonly sight: Sight
}[] {
  return observers.map((observer, n) => ({ observer, sight: SIGHTS[marks[n] ?? '-'] ?? 'nothing' }))
}

/** `2 of 3 observers see it fail: ams, fra; sin says ok`. */
export function seenSentence(seenBy: NonNullable<LiveRow['seenBy']>): string {
  const sights = sightsOf(seenBy)
  const failing = sights.filter(({ sight }) => sight === 'fails' || sight === 'silent')
  const others = sights.filter((one) => !failing.includes(one))
  const total = sights.length
  const words = (one: (typeof sights)[number]): string =>
    `${one.observer} ${SIGHT_LOOKS[one.sight].word}`
  if (failing.length === 0 && others.every(({ sight }) => sight === 'ok'))
    return `all ${total} observers say ok`
  const names = failing.map(({ observer }) => observer).join(', ')
  const see = failing.length === 1 ? 'sees' : 'see'
  const head =
    failing.length === 0
      ? `none of ${total} observers sees it fail`
      : `${failing.length} of ${total} observers ${see} it fail: ${names}`
  return [head, ...others.map(words)].join('; ')
}

/** Only where the word says more than the state does. */
export function verdictWord(verdict: LiveRow['verdict']): string | undefined {
  return verdict === 'suspect' || verdict === 'recovering' ? verdict.toUpperCase() : undefined
}
