import type { ChangeRow } from '../../wire/api/objects.ts'
import { STATE_LOOKS, type StateName } from '../state/states.ts'
import { spanText } from '../state/times.ts'

/** A time during which an object was in one state. ms since the epoch, half open. */
export interface Segment {
  readonly state: StateName
  readonly from: number
  readonly to: number
}

export interface StripInput {
  /** Of at least the time shown, in any order. */
  readonly changes: readonly Pick<ChangeRow, 'at' | 'from' | 'to'>[]
  readonly current: StateName
  /** When its first result came: before it nothing was known. `null` when there is none, or it is not known. */
  readonly knownFrom: number | null
  readonly from: number
  readonly to: number
}

/** The states of a stretch of time, without gaps: before the first change it was what that change came from. */
export function segmentsOf(input: StripInput): readonly Segment[] {
  const { knownFrom, from, to } = input
  if (knownFrom === null || knownFrom <= from) return knownSegments(input)
  const until = Math.min(knownFrom, to)
  const known = until < to ? knownSegments({ ...input, from: until }) : []
  return [{ state: 'pending', from, to: until }, ...known]
}

function knownSegments({ changes, current, from, to }: StripInput): readonly Segment[] {
  const turns = changes
    .map((change) => ({ ...change, at: Date.parse(change.at) }))
    .filter((change) => change.at < to)
    .sort((a, b) => a.at - b.at)
  const within = turns.filter((turn) => turn.at > from)
  const before = turns.findLast((turn) => turn.at <= from)
  const segments: Segment[] = []
  let state = before?.to ?? within[0]?.from ?? current
  let began = from
  for (const turn of within) {
    if (turn.to === state) continue
    segments.push({ state, from: began, to: turn.at })
    state = turn.to
    began = turn.at
  }
  return [...segments, { state, from: began, to }]
}

/** The strip in words: `OK 98.2 %, CRITICAL 1.8 % (26 min, 2 times)`, the longest first. */
export function stripSentence(segments: readonly Segment[]): string {
  const sums = new Map<StateName, { ms: number; times: number }>()
  let wholeMs = 0
  for (const { state, from, to } of segments) {
    const sum = sums.get(state) ?? { ms: 0, times: 0 }
    sums.set(state, { ms: sum.ms + to - from, times: sum.times + 1 })
    wholeMs += to - from
  }
  return [...sums]
    .sort(([, a], [, b]) => b.ms - a.ms)
    .map(([state, { ms, times }]) => {
      const look = STATE_LOOKS[state]
      const share = `${look.word} ${percentText(ms, wholeMs)}`
      if (look.rank === 0) return share
      return `${share} (${spanText(ms)}${times > 1 ? `, ${times} times` : ''})`
    })
    .join(', ')
}

/** Never rounds a trouble away: what is not whole is at most 99.9 % and at least 0.1 %. */
function percentText(part: number, whole: number): string {
  if (part >= whole) return '100 %'
  const percent = Math.min(99.9, Math.max(0.1, (part / whole) * 100))
  return `${percent.toFixed(1)} %`
}
