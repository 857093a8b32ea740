import { prng } from '../../base/prng.ts'
import { chance } from '../chance.ts'

/** Who watches what in a simulated world, in dense numbers: an index into these arrays is the number of an observer, a site, a host or a check. */
export interface WorldTopology {
  readonly observers: readonly WorldObserver[]
  /** Failure domains of observers. */
  readonly observerSites: readonly string[]
  /** Where targets are. */
  readonly sites: readonly string[]
  readonly hosts: readonly { readonly site: number }[]
  readonly checks: readonly WorldCheck[]
  /** By host; its own check comes first. */
  readonly checksOf: readonly (readonly number[])[]
  /** By site. */
  readonly hostsOf: readonly (readonly number[])[]
}

export interface WorldObserver {
  readonly name: string
  /** Number of its failure domain. */
  readonly site: number
  /** The target site that it stands in, or -1. */
  readonly insideOf: number
}

export interface WorldCheck {
  readonly host: number
  readonly site: number
  readonly isHostCheck: boolean
}

/** Where observers stand. A site T is that of targets, two observers of one site share an uplink. */
const OBSERVER_SITES: Readonly<Record<number, readonly string[]>> = {
  2: ['X1', 'X2'],
  3: ['X1', 'X2', 'X3'],
  4: ['X1', 'X2', 'X3', 'T0'],
  5: ['X1', 'X1', 'X2', 'X3', 'T0'],
  6: ['X1', 'X1', 'X2', 'X3', 'X4', 'T0'],
  7: ['X1', 'X1', 'X2', 'X3', 'X4', 'T0', 'T1'],
  8: ['X1', 'X1', 'X2', 'X3', 'X4', 'X5', 'T0', 'T1'],
  9: ['X1', 'X1', 'X2', 'X2', 'X3', 'X4', 'X5', 'T0', 'T1'],
}

export const OBSERVERS_MIN = 2
export const OBSERVERS_MAX = 9

/** Hosts of each target site. */
export const SITE_SIZES: readonly number[] = [20, 15, 15, 10]

/** Between two and six services for each host, and the host's own check. @param observers `OBSERVERS_MIN` to `OBSERVERS_MAX` */
export function createWorldTopology(
  observers: number,
  seed: number,
  siteSizes: readonly number[] = SITE_SIZES,
): WorldTopology {
  const sitesOfObservers = OBSERVER_SITES[observers]
  if (sitesOfObservers === undefined)
    throw new RangeError(`a world has ${OBSERVERS_MIN} to ${OBSERVERS_MAX} observers`)
  const random = prng(chance(seed, 11, observers, 0))
  const hosts: { site: number }[] = []
  const checks: WorldCheck[] = []
  const checksOf: number[][] = []
  const hostsOf: number[][] = siteSizes.map(() => [])
  for (const [site, size] of siteSizes.entries()) {
    for (let i = 0; i < size; i++) {
      const host = hosts.length
      hosts.push({ site })
      hostsOf[site]?.push(host)
      const services = 2 + Math.floor(random() * 5)
      const own: number[] = []
      for (let j = 0; j <= services; j++) {
        own.push(checks.length)
        checks.push({ host, site, isHostCheck: j === 0 })
      }
      checksOf.push(own)
    }
  }
  const observerSites = [...new Set(sitesOfObservers)]
  return {
    observers: sitesOfObservers.map((site, v) => ({
      name: `v${v}`,
      site: observerSites.indexOf(site),
      insideOf: site.startsWith('T') ? Number(site.slice(1)) : -1,
    })),
    observerSites,
    sites: siteSizes.map((_, site) => `T${site}`),
    hosts,
    checks,
    checksOf,
    hostsOf,
  }
}

export function serviceChecksOf({ checks }: WorldTopology): readonly number[] {
  return checks.flatMap(({ isHostCheck }, check) => (isHostCheck ? [] : [check]))
}
