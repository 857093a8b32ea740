import type { Clock } from '../../base/clock.ts'
import { numbersOf, type Metric, type Numbers } from '../../base/metrics.ts'
import type { Part, SelfView } from '../../collector/executor/builtin/self-view.ts'
import type { Member } from '../../orchestrator/roster.ts'

/** Checks that run at the same time share one reading. */
const FRESH_MS = 500

export interface SelfViewParts {
  readonly clock: Clock
  readonly status: SelfView['status']
  /** Its name as a hub or a collector. */
  readonly name: string
  /** `undefined` while the program starts. */
  readonly metrics: () => readonly Metric[] | undefined
  /** Collectors that it hears; none where it is a collector. */
  readonly members: () => readonly Member[]
  /** Clusters that it knows. */
  readonly clusters: () => ReadonlySet<string>
}

/** What checks of Parallax itself see. What a hub knows of one collector or cluster is what its own metrics say under that label. */
export function createSelfView(parts: SelfViewParts): SelfView {
  const { clock, status, name, members, clusters } = parts
  let read: (Reading & { readonly atMs: number }) | undefined
  const numbersNow = (): Reading | undefined => {
    const nowMs = clock.monotonicMs()
    if (read !== undefined && nowMs - read.atMs < FRESH_MS) return read
    const metrics = parts.metrics()
    if (metrics === undefined) return undefined
    const numbers = numbersOf(metrics)
    read = { numbers, under: numbersByLabel(numbers), atMs: nowMs }
    return read
  }
  return {
    status,
    parts(about, of) {
      const own = numbersNow()
      // It starts: nothing is known yet, so nothing is said.
      if (own === undefined) return []
      if (about === 'cluster') {
        if (!clusters().has(of)) return undefined
        const numbers = own.under.get(of) ?? {}
        return [{ name: of, numbers, isGone: numbers['parallax_cluster_blind'] === 1 }]
      }
      if (of === '' || of === name) return [{ name: of, numbers: own.numbers, isGone: false }]
      const wanted = members().filter(({ id, cluster }) => id === of || cluster === of)
      if (wanted.length === 0 && !clusters().has(of)) return undefined
      return wanted.map((member) => partOf(member, own, clock.now()))
    },
  }
}

/** All numbers of this process, and what of them is said of one thing. */
interface Reading {
  readonly numbers: Numbers
  /** `parallax_member_health{east.c1}` is `parallax_member_health` under `east.c1`, `...{east.c1,hub-a}` is `...{hub-a}` there. */
  readonly under: ReadonlyMap<string, Numbers>
}

/** Its numbers come with every tenth beat: so long nobody wonders where they are. */
const FIRST_NUMBERS_MS = 15_000

/** One that was just started, or heard for the first time, says its numbers soon: until then it counts as one that says nothing. Rule SW4. */
function isNew({ numbers, beat, since }: Member, nowMs: number): boolean {
  if (numbers !== undefined) return false
  return (
    beat === undefined || beat.number * 1000 < FIRST_NUMBERS_MS || nowMs - since < FIRST_NUMBERS_MS
  )
}

function partOf(member: Member, { under }: Reading, nowMs: number): Part {
  const { id, health, numbers } = member
  const isGone = health === 'lost' || isNew(member, nowMs)
  const told = isGone ? {} : numbers
  return { name: id, numbers: { ...told, ...under.get(id) }, isGone }
}

function numbersByLabel(numbers: Numbers): ReadonlyMap<string, Numbers> {
  const under = new Map<string, Record<string, number>>()
  for (const [key, value] of Object.entries(numbers)) {
    const brace = key.indexOf('{')
    if (brace < 0) continue
    const [label = '', ...rest] = key.slice(brace + 1, -1).split(',')
    const own = under.get(label) ?? {}
    const name = key.slice(0, brace)
    own[rest.length === 0 ? name : `${name}{${rest.join(',')}}`] = value
    under.set(label, own)
  }
  return under
}
