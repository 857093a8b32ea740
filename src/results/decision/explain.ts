import type { Instant } from '../../base/instant.ts'
import type { Cause, VerdictKind } from '../../domain/verdict.ts'
import { assessCheck } from './check-assessment.ts'
import type { Evidences } from './evidences.ts'
import { failingSince, type Failing } from './failing.ts'
import {
  receiptParameters,
  type ResultMark,
  type SetAside,
  type SilenceSeenAbove,
  type Explanation,
  type WitnessSeen,
} from './receipt.ts'
import { CLASS, CLASS_NAMES, KEPT } from './registers.ts'
import { sentenceOf } from './sentence.ts'
import type { SilenceAssessment } from './silence.ts'
import { standingAgainstOk } from './standing.ts'
import { NEVER } from './topology.ts'

/** What is so with a check, as plain data; the assessment is made anew from the registers. */
export function explain(
  of: Evidences,
  check: number,
  { kind, above }: { readonly kind: VerdictKind; readonly above: SilenceSeenAbove | null },
  now: Instant,
): Explanation {
  const { layout, parameters } = of
  const decision = layout.topology.checks[check]
  const found = assessCheck(of, check, now)
  const ownCause = ownCauseOf(of, check)
  const unsaid = {
    at: now,
    checkId: decision?.id ?? '',
    kind,
    cause: causeOf(kind, above, ownCause),
    ownCause,
    rule: decision?.rule ?? 'evidence',
    evidence: found.evidence,
    needed: found.needed,
    fresh: found.fresh,
    eligibleSites: sitesOf(of, check, found.eligible),
    blind: found.blind,
    isUnconfirmed: found.isUnconfirmed && above === null,
    okAt: found.okAt === NEVER ? null : (found.okAt as Instant),
    okOf: layout.topology.observers[found.okOf]?.name ?? null,
    witnesses: failingSince(of, check, found.okAt, now).map((one) => witnessOf(of, check, one)),
    standing: found.standing === undefined ? null : standingSeen(of, check, now),
    setAside: setAsideOf(of, check, now),
    above,
    parameters: receiptParameters(parameters),
  } satisfies Omit<Explanation, 'sentence'>
  return { ...unsaid, sentence: sentenceOf(unsaid) }
}

function causeOf(kind: VerdictKind, above: SilenceSeenAbove | null, ownCause: Cause): Cause | null {
  if (kind !== 'down' && kind !== 'recovering') return null
  return above === null ? ownCause : { scope: above.scope, name: above.name }
}

function ownCauseOf({ layout }: Evidences, check: number): Cause {
  const decision = layout.topology.checks[check]
  return decision?.isHostCheck === true
    ? { scope: 'host', name: layout.topology.hosts[decision.host]?.name ?? '' }
    : { scope: 'service', name: decision?.id ?? '' }
}

function sitesOf({ layout }: Evidences, check: number, mask: number): readonly string[] {
  const { firstCell, bitOf, observerOf, topology } = layout
  const end = firstCell[check + 1] as number
  const sites = new Set<string>()
  for (let cell = firstCell[check] as number; cell < end; cell++)
    if ((mask & (1 << (bitOf[cell] as number))) !== 0)
      sites.add(topology.observers[observerOf[cell] as number]?.site ?? '')
  return [...sites]
}

function standingSeen(of: Evidences, check: number, now: number): Explanation['standing'] {
  const witnesses: WitnessSeen[] = []
  const { okSites, failing } = standingAgainstOk(of, check, now, (one) =>
    witnesses.push(witnessOf(of, check, one)),
  )
  return { okSites, failing, witnesses }
}

function witnessOf(of: Evidences, check: number, failing: Failing): WitnessSeen {
  const { observer, kind, run, weight, newest, since } = failing
  return {
    ...nameOf(of, observer),
    class: CLASS_NAMES[kind] ?? 'unknown',
    run,
    weight,
    falseRate: of.witnesses.falseRate(observer, of.layout.siteOf[check] as number, kind),
    ...markOf(of, newest),
    since: since as Instant,
  }
}

function markOf({ registers }: Evidences, k: number): ResultMark {
  return {
    at: registers.at[k] as Instant,
    tie: registers.tie[k] as number,
    isProbe: registers.isProbe[k] === 1,
  }
}

function nameOf({ layout }: Evidences, observer: number): { observer: string; site: string } {
  const { name = '', site = '' } = layout.topology.observers[observer] ?? {}
  return { observer: name, site }
}

/** Observers of the check that are not believed now, with the reason. */
export function setAsideOf(of: Evidences, check: number, now: number): readonly SetAside[] {
  return (of.layout.topology.checks[check]?.observers ?? []).flatMap((observer) => {
    const reason = reasonOf(of, observer, now)
    const { name = '' } = of.layout.topology.observers[observer] ?? {}
    return reason === undefined
      ? []
      : [{ observer: name, reason, share: of.witnesses.badShare(observer) }]
  })
}

export function reasonOf(
  { witnesses, lastOf, layout }: Evidences,
  observer: number,
  now: number,
): SetAside['reason'] | undefined {
  if (witnesses.isLiar(observer)) return 'false-ok'
  if (witnesses.isSetAside(observer)) return 'contradicted'
  const quietMs = now - (lastOf[observer] as number)
  return quietMs > (layout.silentMs[observer] as number) ? 'silent' : undefined
}

/** What is down above, in names. */
export function explainAbove(
  of: Evidences,
  scope: 'host' | 'site',
  number: number,
  found: SilenceAssessment,
): SilenceSeenAbove {
  const { topology, checksOf, hostsOf } = of.layout
  const site = scope === 'site' ? number : (topology.hosts[number]?.site ?? 0)
  return {
    scope,
    name: (scope === 'site' ? topology.sites[site] : topology.hosts[number]?.name) ?? '',
    evidence: found.evidence,
    silent: found.silent,
    of: ((scope === 'site' ? hostsOf : checksOf)[number] ?? []).length,
    needed: found.silentNeeded,
    aliveAt: found.aliveAt === NEVER ? null : (found.aliveAt as Instant),
    seenBy: found.seenBy.map(({ observer, count, weight, check, cell }) => ({
      ...nameOf(of, observer),
      count,
      weight,
      falseRate: of.witnesses.falseRate(observer, site, CLASS.timeout),
      newest: { ...markOf(of, cell * KEPT), checkId: topology.checks[check]?.id ?? '' },
    })),
  }
}
