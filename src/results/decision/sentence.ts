import { isoOf, type Instant } from '../../base/instant.ts'
import type { SetAside, SilenceSeenAbove, Explanation, WitnessSeen } from './receipt.ts'

type Unsaid = Omit<Explanation, 'sentence'>

/** One sentence that says what is so, and why. */
export function sentenceOf(explained: Unsaid): string {
  const aside = explained.setAside.map(asideText).join('; ')
  return aside === '' ? headOf(explained) : `${headOf(explained)}; ${aside}`
}

function headOf(explained: Unsaid): string {
  const { kind, above } = explained
  switch (kind) {
    case 'down':
      return above === null ? downText(explained) : `${aboveText(above)}${evidenceText(explained)}`
    case 'recovering':
      return `RECOVERING: ${explained.okOf} saw a first OK ${okAge(explained)}, the others failed when they looked last${listText(explained.standing?.witnesses ?? [])}, asking them again`
    case 'suspect':
      return suspectText(explained)
    case 'up':
      return explained.okOf === null
        ? 'UP: no fresh failure'
        : `UP: last OK ${okAge(explained)} from ${explained.okOf}`
    case 'unknown':
      return explained.blind === 0
        ? 'UNKNOWN: no observer has anything fresh to say'
        : `UNKNOWN: ${counted(explained.blind, 'observer', 'observers')} could not look, and no other has anything fresh to say`
  }
}

function downText(explained: Unsaid): string {
  const { rule, isUnconfirmed, witnesses, evidence, needed } = explained
  if (rule !== 'evidence') {
    return typeof rule === 'object' && 'penaltyMs' in rule
      ? `DOWN: the newest result is a failure, or silence for more than ${rule.penaltyMs / 1000} s`
      : `DOWN: ${counted(evidence, 'observer', 'observers')} of ${explained.fresh} fail, ${needed} ${needed === 1 ? 'is' : 'are'} needed${listText(witnesses)}`
  }
  if (isUnconfirmed) {
    return `DOWN (unconfirmed): the only observer that can be used failed ${Math.max(...witnesses.map(({ run }) => run))} times${evidenceText(explained)}`
  }
  const sites = new Set(witnesses.map(({ site }) => site)).size
  return `DOWN: ${counted(witnesses.length, 'fresh witness', 'fresh witnesses')} from ${counted(sites, 'site', 'sites')} ${witnesses.length === 1 ? 'fails' : 'fail'} and none was OK since${evidenceText(explained)}`
}

function aboveText({ scope, name, silent, of }: SilenceSeenAbove): string {
  return scope === 'host'
    ? `DOWN with host ${name}: ${silent} of its ${counted(of, 'check', 'checks')} ${silent === 1 ? 'is' : 'are'} silent and none answered since`
    : `DOWN with site ${name}: silence from ${silent} of ${counted(of, 'host', 'hosts')}, seen from outside, no answer since`
}

function suspectText({ rule, evidence, needed, witnesses }: Unsaid): string {
  if (rule === 'evidence')
    return `SUSPECT: evidence ${evidence.toFixed(1)} of ${needed}${listText(witnesses)}, asking other sites`
  return typeof rule === 'object' && 'penaltyMs' in rule
    ? `SUSPECT: silence, and ${rule.penaltyMs / 1000} s for an OK to come`
    : `SUSPECT: ${counted(evidence, 'observer', 'observers')} of ${needed} that are needed fail${listText(witnesses)}`
}

function evidenceText({ above, evidence, needed, witnesses }: Unsaid): string {
  if (above === null)
    return `; evidence ${evidence.toFixed(1)} vs ${needed} needed${listText(witnesses)}`
  const list = above.seenBy.map(
    ({ observer, site, count, weight }) =>
      `${observer}@${site} ${count} silent +${weight.toFixed(1)}`,
  )
  return `; evidence ${above.evidence.toFixed(1)} [${list.join(', ')}]`
}

function listText(witnesses: readonly WitnessSeen[]): string {
  if (witnesses.length === 0) return ''
  const list = witnesses.map(
    ({ observer, site, class: kind, run, weight }) =>
      `${observer}@${site} ${kind}${run > 1 ? ` x${run}` : ''} +${weight.toFixed(1)}`,
  )
  return ` [${list.join(', ')}]`
}

function asideText({ observer, reason, share }: SetAside): string {
  switch (reason) {
    case 'contradicted':
      return `${observer} set aside (contradicted on ${Math.round(share * 100)}% of what it watches)`
    case 'false-ok':
      return `${observer} set aside (says OK where two other sites keep failing)`
    case 'silent':
      return `${observer} set aside (silent)`
  }
}

function okAge({ okAt, at }: Unsaid): string {
  return okAt === null ? 'at no time' : ageText(okAt, at)
}

function ageText(from: Instant, now: Instant): string {
  const seconds = Math.max(0, Math.round((now - from) / 1000))
  return seconds < 3600 ? `${seconds} s ago` : `at ${isoOf(from)}`
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`
}
