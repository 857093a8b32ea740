import { hashText } from '../../base/hash.ts'
import { OUTAGES_MAX, type ReplicaAnswer, type VerdictSummary } from '../../wire/replication.ts'

/** What a hub says of the checks that several clusters observe. */
export interface Outages {
  /** How many there are. */
  readonly checks: number
  /** Those that are down, by id. */
  readonly ids: readonly string[]
}

/** Checks that are down at one of two hubs only. */
export interface Disagreement {
  readonly onlyHere: readonly string[]
  readonly onlyThere: readonly string[]
  /** Too many are down to compare all: it is of the first by name. */
  readonly isPartial: boolean
}

type ToldOutages = Omit<Extract<ReplicaAnswer, { kind: 'outages' }>, 'kind'>

export function summaryOf({ checks, ids }: Outages): VerdictSummary {
  return { checks, down: ids.length, digest: hashText(ids.join('\n')) }
}

/** As another hub hears it. */
export function toldOutages(outages: Outages): ToldOutages {
  return { verdicts: summaryOf(outages), ids: outages.ids.slice(0, OUTAGES_MAX) }
}

export function disagreementOf({ ids }: Outages, theirs: ToldOutages): Disagreement {
  const isPartial = theirs.ids.length < theirs.verdicts.down
  const last = theirs.ids.at(-1) ?? ''
  const here = new Set(isPartial ? ids.filter((id) => id <= last) : ids)
  const there = new Set(theirs.ids)
  return {
    onlyHere: [...here.difference(there)],
    onlyThere: [...there.difference(here)],
    isPartial,
  }
}

/** For how long other hubs have said something else. Rule RP13 of docs/spec/replication.md. */
export class Agreement {
  /** When each was first heard to say something else; nothing of those that said the same last. */
  readonly #since = new Map<string, number>()

  /** @param theirs absent: it does not say @param now monotonic, ms */
  heard(
    hub: string,
    theirs: VerdictSummary | undefined,
    own: () => VerdictSummary,
    now: number,
  ): void {
    if (theirs === undefined || isSame(theirs, own())) this.#since.delete(hub)
    else if (!this.#since.has(hub)) this.#since.set(hub, now)
  }

  /** 0: it said the same last. */
  differsMs(hub: string, now: number): number {
    return now - (this.#since.get(hub) ?? now)
  }
}

function isSame(one: VerdictSummary, other: VerdictSummary): boolean {
  return one.checks === other.checks && one.digest === other.digest
}
