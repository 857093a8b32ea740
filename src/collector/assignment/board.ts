import type { CheckId } from '../../domain/check-id.ts'
import type { Standing, StandingsPage } from '../../wire/cluster.ts'
import { MESSAGE_VERSION } from '../../wire/subjects.ts'

/** Characters of an output that are shared. */
const OUTPUT_MAX = 200
/** Per message and page: some 300 KB at most. */
export const STANDINGS_MAX = 1_000

/**
 * The last known state of every check of the cluster, whoever ran it: at most one entry for each check of the plan. What is newest counts; times are
 * those of this collector's clock.
 */
export class Board {
  #known = new Map<CheckId, Standing>()
  #ids: ReadonlyMap<CheckId, unknown> = new Map()
  #sorted: readonly CheckId[] | undefined
  /** Own ones that were not shared yet. */
  #unshared = new Map<CheckId, Standing>()

  /** Only these may stand on it. */
  keep(ids: ReadonlyMap<CheckId, unknown>): void {
    this.#ids = ids
    this.#sorted = undefined
    for (const id of this.#known.keys()) if (!ids.has(id)) this.#known.delete(id)
    for (const id of this.#unshared.keys()) if (!ids.has(id)) this.#unshared.delete(id)
  }

  get size(): number {
    return this.#known.size
  }

  of(id: CheckId): Standing | undefined {
    return this.#known.get(id)
  }

  /** What this collector saw itself. */
  note(standing: Standing): void {
    const bounded = { ...standing, output: standing.output.slice(0, OUTPUT_MAX) }
    if (this.take(bounded)) this.#unshared.set(bounded.checkId as CheckId, bounded)
  }

  /** Whether it is news. `skewMs`: the sender's clock minus ours. */
  take(standing: Standing, skewMs = 0): boolean {
    const id = standing.checkId as CheckId
    if (!this.#ids.has(id)) return false
    const finishedAt = standing.finishedAt - skewMs
    const known = this.#known.get(id)
    if (known !== undefined && known.finishedAt >= finishedAt) return false
    const { code, failures } = standing
    const output = standing.output.slice(0, OUTPUT_MAX)
    const dueAt = standing.dueAt - skewMs
    this.#known.set(id, { checkId: id, code, failures, dueAt, finishedAt, output })
    return true
  }

  stepped(ms: number): void {
    for (const [id, { dueAt, finishedAt, ...rest }] of this.#known)
      this.#known.set(id, { ...rest, dueAt: dueAt + ms, finishedAt: finishedAt + ms })
  }

  /** The own ones that wait, at most `STANDINGS_MAX`; they count as shared. */
  takeUnshared(): readonly Standing[] {
    const batch: Standing[] = []
    for (const [id, standing] of this.#unshared) {
      if (batch.length === STANDINGS_MAX) break
      batch.push(standing)
      this.#unshared.delete(id)
    }
    return batch
  }

  /** By the order of ids; `after` need not be one that is known. */
  page(after: string | null): StandingsPage {
    this.#sorted ??= [...this.#ids.keys()].toSorted()
    const ids = this.#sorted
    const standings: Standing[] = []
    let index = after === null ? 0 : firstAfter(ids, after)
    for (; index < ids.length && standings.length < STANDINGS_MAX; index++) {
      const standing = this.#known.get(ids[index] as CheckId)
      if (standing !== undefined) standings.push(standing)
    }
    const next = index < ids.length ? (ids[index - 1] ?? null) : null
    return { version: MESSAGE_VERSION, standings, next }
  }
}

function firstAfter(ids: readonly string[], after: string): number {
  let from = 0
  let to = ids.length
  while (from < to) {
    const middle = (from + to) >> 1
    if ((ids[middle] as string) <= after) from = middle + 1
    else to = middle
  }
  return from
}
