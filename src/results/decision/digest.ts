import { hashText } from '../../base/hash.ts'
import { assessCheck } from './check-assessment.ts'
import type { Evidences } from './evidences.ts'
import { CLASS } from './registers.ts'
import { assessHost, assessSite } from './silence.ts'
import { kindOf } from './verdicts.ts'

/**
 * A name for all verdicts at an instant, made anew from the registers: hubs that hold the same results have the same one. The trust in
 * observers is in it, too. Rule EV4 of docs/spec/truth.md.
 */
export function digestOf(of: Evidences, now: number): string {
  const { layout, witnesses } = of
  const { observers, sites, hosts, checks } = layout.topology
  const isSiteDown = sites.map((_, site) => assessSite(of, site, now).isDown)
  const isHostDown = hosts.map(
    ({ site }, host) => assessHost(of, host, { now, isSiteDown: isSiteDown[site] === true }).isDown,
  )
  const trust = observers.map(({ name }, v) =>
    [name, witnesses.falseRate(v, 0, CLASS.timeout).toFixed(6), witnesses.isSetAside(v)].join(':'),
  )
  const verdicts = checks.map(({ id, host, rule }, check) => {
    const inherits = rule === 'evidence'
    const site = hosts[host]?.site ?? 0
    if (inherits && isSiteDown[site] === true) return `${id} site`
    if (inherits && isHostDown[host] === true) return `${id} host`
    const found = assessCheck(of, check, now)
    return `${id} ${kindOf(found)} ${found.evidence.toFixed(3)}`
  })
  return hashText([...trust, ...verdicts.toSorted()].join('\n'))
}
