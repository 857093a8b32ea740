import type { ObjectRow } from '../../wire/api/objects.ts'

/** One host or service as the console shows it. A new object whenever anything in it changed, so React can compare by identity. */
export interface LiveRow {
  readonly id: string
  readonly kind: ObjectRow['kind']
  readonly host: string
  readonly service: string | null
  readonly displayName: string
  readonly groups: readonly string[]
  readonly state: ObjectRow['state']
  readonly type: ObjectRow['type']
  readonly attempt: number
  readonly maxAttempts: number
  readonly isProblem: boolean
  readonly isStale: boolean
  readonly isFlapping: boolean
  /** ms since the epoch; null before the first result. */
  readonly lastCheckAt: number | null
  readonly lastChangeAt: number | null
  readonly output: string
  /** What several observers amount to, and how each sees it; `null`: one observer. */
  readonly verdict: ObjectRow['verdict']
  readonly seenBy: ObjectRow['seenBy']
}
