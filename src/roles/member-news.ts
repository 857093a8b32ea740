import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { MemberHealth, Roster } from '../orchestrator/roster.ts'

export interface MemberNewsParts {
  readonly roster: Pick<Roster, 'members'>
  readonly clock: Pick<Clock, 'timer'>
  readonly log: Log
}

const EVERY_MS = 1_000
/** Of more that are lost at once, the first are named. */
const NAMED_MAX = 20

/** Writes into the log who is lost and who is there: once a second at most, one line for all. The returned function ends it. */
export function tellMemberNews({ roster, clock, log }: MemberNewsParts): () => void {
  let told: ReadonlyMap<string, MemberHealth> = new Map()
  let cancel = (): void => undefined
  const look = (): void => {
    // Whoever is only late is what it was.
    const now = new Map(
      roster
        .members()
        .map(({ id, health }) => [id, health === 'late' ? told.get(id) : health] as const)
        .filter((entry): entry is [string, MemberHealth] => entry[1] !== undefined),
    )
    const turned = (to: MemberHealth): string[] =>
      [...now].filter(([id, health]) => health === to && told.get(id) !== to).map(([id]) => id)
    const [lost, live] = [turned('lost'), turned('live')]
    if (lost.length > 0) log.warn('collectors are lost', fieldsOf(lost))
    if (live.length > 0) log.info('collectors are there', fieldsOf(live))
    told = now
    cancel = clock.timer(EVERY_MS, look)
  }
  look()
  return () => cancel()
}

function fieldsOf(ids: readonly string[]): Readonly<Record<string, unknown>> {
  return { count: ids.length, collectors: ids.slice(0, NAMED_MAX).join(', ') }
}
