import { DEFAULT_DECISION, type DecisionPolicy } from '../domain/decision-policy.ts'
import type { Contestant } from './contestant.ts'
import { decisionTopologyOf, EvidenceContestant } from './evidence/evidence-contestant.ts'
import { MoreOpinions } from './rivals/more-opinions.ts'
import { atLeast, MAJORITY, Quorum, route53 } from './rivals/quorum.ts'
import { Rsmon } from './rivals/rsmon.ts'
import { SoftHard } from './rivals/soft-hard.ts'
import type { WorldTopology } from './world/topology.ts'

export interface Entrant {
  /** As it is asked for. */
  readonly name: string
  readonly what: string
  readonly isOurs: boolean
  /** All that it hears, when it is not everybody. */
  readonly only?: number
  create(topology: WorldTopology): Contestant
}

const rsmon = (penaltyMs: number, isCorrected: boolean) => (topology: WorldTopology) =>
  new Rsmon(topology, { penaltyMs, isCorrected })

const opinions = (more: number, timeoutMs: number) => (topology: WorldTopology) =>
  new MoreOpinions(topology, { more, timeoutMs })

/** What is measured when nothing is named: the rules of others first, then ours. */
export const ENTRANTS: readonly Entrant[] = [
  rival('rsmon-raw-10', 'RSMON with wall clocks, a penalty of 10 s', rsmon(10_000, false)),
  rival('rsmon-10', 'RSMON with corrected clocks, a penalty of 10 s', rsmon(10_000, true)),
  rival('rsmon-30', 'RSMON with corrected clocks, a penalty of 30 s', rsmon(30_000, true)),
  {
    name: 'soft-hard-3',
    what: 'one observer, the third failure is hard, retries after 20 s',
    isOurs: false,
    only: 0,
    create: (topology) => new SoftHard(topology, 0),
  },
  rival('2-of-n', 'two observers that fail', (topology) => new Quorum(topology, atLeast(2))),
  rival('majority', 'more than half of them', (topology) => new Quorum(topology, MAJORITY)),
  rival(
    'route53-3',
    'at most 18% healthy, each after three results',
    (topology) => new Quorum(topology, route53(3)),
  ),
  rival(
    'route53-1',
    'at most 18% healthy, each after one result',
    (topology) => new Quorum(topology, route53(1)),
  ),
  rival('second-opinion', 'another observer is asked, and fails too', opinions(1, 10_000)),
  rival('third-opinion', 'two others are asked, and fail too', opinions(2, 10_000)),
  rival('second-opinion-5s', 'a second opinion within 5 s', opinions(1, 5_000)),
  rival('third-opinion-5s', 'a third opinion within 5 s', opinions(2, 5_000)),
  ours('evidence-passive', 'Parallax, which asks nobody', { confirm: false }),
  ours('evidence-no-hints', 'Parallax without early hints', { hints: false }),
  ours('evidence', 'Parallax', {}),
]

/** Parallax with other policies than the default, as `verdict` and `theta` of a host set them. */
export const POLICIES: readonly Entrant[] = [
  policy('verdict-any', 'verdict: any', { rule: 'any' }),
  policy('verdict-2', 'verdict: { atLeast: 2 }', { rule: { kOf: 2 } }),
  policy('verdict-majority', 'verdict: majority', { rule: 'majority' }),
  policy('verdict-penalty', 'verdict: { penalty: 30s }', { rule: { penaltyMs: 30_000 } }),
  policy('theta-7.5', 'theta: 7.5', { theta: 7.5 }),
  policy('theta-10.5', 'theta: 10.5', { theta: 10.5 }),
  policy('theta-14.5', 'theta: 14.5', { theta: 14.5 }),
  policy('theta-18', 'theta: 18', { theta: 18 }),
]

function rival(name: string, what: string, create: Entrant['create']): Entrant {
  return { name, what, create, isOurs: false }
}

function ours(
  name: string,
  what: string,
  parameters: { readonly confirm?: boolean; readonly hints?: boolean },
): Entrant {
  return {
    name,
    what,
    isOurs: true,
    create: (topology) => new EvidenceContestant(topology, parameters),
  }
}

function policy(name: string, what: string, changed: Partial<DecisionPolicy>): Entrant {
  const decision = { ...DEFAULT_DECISION, ...changed }
  const create = (topology: WorldTopology): Contestant =>
    new EvidenceContestant(topology, {}, decisionTopologyOf(topology, decision))
  return { name, what: `Parallax with ${what}`, isOurs: true, create }
}
