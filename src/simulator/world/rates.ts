/** How often what happens in a world. Faults are per simulated day and installation, or per observer where it says so. */
export interface WorldRates {
  /** Outages of services of 20 s to 1 h, restarts of 2 to 10 s, services that go up and down for half an hour. */
  readonly service: number
  readonly blip: number
  readonly flap: number
  readonly host: number
  readonly site: number
  /** Lost routes from one site of observers to a target site, and from two at once. */
  readonly path: number
  readonly pathGroup: number
  /** A host refuses one observer. */
  readonly ban: number
  /** Per observer: it is overloaded, cut off, says ERROR for 60% of its checks, says OK for all. */
  readonly overload: number
  readonly isolate: number
  readonly misconf: number
  readonly stuck: number
  /** Packets are lost on one way. */
  readonly burst: number
  /** Share of observers whose wall clock is wrong by up to 90 s; steps of a wall clock. */
  readonly skewShare: number
  readonly step: number
  /** Shares of single results: false silence, false errors. */
  readonly noiseTimeout: number
  readonly noiseError: number
  /** Shares of messages: late by 5 to 120 s, sent twice, lost. */
  readonly heavy: number
  readonly duplicate: number
  readonly drop: number
  /** Share of overloads and isolations in which one collector of the observer's cluster ends as well. */
  readonly collectorLoss: number
}

/** About 300 checks of 60 hosts in 4 sites, for a day. */
const DEFAULT_RATES: WorldRates = {
  service: 60,
  blip: 60,
  flap: 4,
  host: 8,
  site: 2,
  path: 8,
  pathGroup: 3,
  ban: 3,
  overload: 1.5,
  isolate: 0.5,
  misconf: 0.3,
  stuck: 0.15,
  burst: 20,
  skewShare: 0.4,
  step: 1,
  noiseTimeout: 0.0015,
  noiseError: 0.0002,
  heavy: 0.005,
  duplicate: 0.01,
  drop: 0.001,
  collectorLoss: 0,
}

/** What observers, their ways and their messages do wrong. */
const OBSERVER_RATES = [
  'path',
  'pathGroup',
  'ban',
  'overload',
  'isolate',
  'misconf',
  'stuck',
  'burst',
  'step',
  'noiseTimeout',
  'noiseError',
  'heavy',
  'duplicate',
  'drop',
] as const

function scaled(factor: number): WorldRates {
  const scaledOnes = OBSERVER_RATES.map((name) => [name, DEFAULT_RATES[name] * factor] as const)
  return { ...DEFAULT_RATES, ...Object.fromEntries(scaledOnes) }
}

export const CLIMATES = ['default', 'stress', 'calm'] as const
export type Climate = (typeof CLIMATES)[number]

/** stress: four times the faults of observers, of the noise and of the loss, and collectors end in the middle of it. calm: a quarter of them. */
export const RATES: Readonly<Record<Climate, WorldRates>> = {
  default: DEFAULT_RATES,
  stress: { ...scaled(4), collectorLoss: 0.5 },
  calm: scaled(0.25),
}
