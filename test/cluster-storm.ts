import { prng } from '../src/base/prng.ts'
import type { Check } from '../src/domain/check.ts'
import { createVirtualCluster, type VirtualCluster } from './virtual-cluster.ts'

const NAMES = ['c1', 'c2', 'c3', 'c4']

type Condition = 'well' | 'dead' | 'frozen' | 'cut' | 'apart' | 'leaving'

export interface Storm {
  readonly cluster: VirtualCluster
  /** What was done, with its real time: shown when a test fails. */
  readonly story: readonly string[]
  /** From here on all is well again. */
  readonly calmAt: number
  readonly endAt: number
}

export interface StormSettings {
  readonly seed: number
  readonly checks: readonly Check[]
  readonly faults: number
  /** Quiet time after each fault, at least. */
  readonly spacingMs: number
  readonly calmMs: number
  readonly codeOf?: (check: Check, realMs: number) => 0 | 2
}

/** A cluster of four under random faults; one member at least is always well and has been for a while. Then all heals. */
export async function storm(settings: StormSettings): Promise<Storm> {
  const random = prng(settings.seed)
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
  const { checks, seed, codeOf } = settings
  const cluster = createVirtualCluster(
    codeOf === undefined ? { checks, seed } : { checks, seed, codeOf },
  )
  const conditions = new Map<string, Condition>(NAMES.map((name) => [name, 'well']))
  const wellSince = new Map<string, number>(NAMES.map((name) => [name, 0]))
  const story: string[] = []
  const become = (name: string, condition: Condition): void => {
    story.push(`${cluster.realMs} ${name} ${condition}`)
    conditions.set(name, condition)
    if (condition === 'well') wellSince.set(name, cluster.realMs)
    const parts = new Map([...conditions].map(([of, is]) => [`east.${of}`, partOf(is)]))
    cluster.network.cut((id) => (parts.has(id) ? parts.get(id) : 'main'))
  }
  const repair = (name: string): void => {
    const condition = conditions.get(name)
    become(name, 'well')
    if (condition === 'dead') cluster.start(name)
    if (condition === 'frozen') cluster.thaw(name)
  }
  const harm = (name: string): void => {
    const condition = pick(['dead', 'frozen', 'cut', 'apart', 'leaving'] as const)
    if (condition === 'leaving') {
      story.push(`${cluster.realMs} ${name} leaves`)
      conditions.set(name, 'leaving')
      void cluster.stop(name).then(() => become(name, 'dead'))
      return
    }
    become(name, condition)
    if (condition === 'dead') cluster.kill(name)
    if (condition === 'frozen') cluster.freeze(name)
  }
  const isSafe = (name: string): boolean =>
    NAMES.some(
      (other) =>
        other !== name &&
        conditions.get(other) === 'well' &&
        cluster.realMs - (wellSince.get(other) ?? 0) > settings.spacingMs,
    )

  cluster.network.disturb({ lost: 0, doubled: 0.1, delayMaxMs: 60 })
  for (const name of NAMES) {
    cluster.start(name)
    await cluster.pass(Math.floor(random() * 500))
  }
  await cluster.pass(30_000)
  for (let fault = 0; fault < settings.faults; fault++) {
    const name = pick(NAMES)
    const condition = conditions.get(name)
    if (condition === 'well' ? isSafe(name) : condition !== 'leaving')
      (condition === 'well' ? harm : repair)(name)
    await cluster.pass(settings.spacingMs + Math.floor(random() * settings.spacingMs))
  }
  for (const name of NAMES) if (conditions.get(name) === 'leaving') await cluster.pass(10_000)
  for (const name of NAMES) if (conditions.get(name) !== 'well') repair(name)
  const calmAt = cluster.realMs
  await cluster.pass(settings.calmMs)
  return { cluster, story, calmAt, endAt: cluster.realMs }
}

function partOf(condition: Condition): string | undefined {
  if (condition === 'cut') return undefined
  return condition === 'apart' ? 'apart' : 'main'
}
