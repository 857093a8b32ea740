import { availableParallelism } from 'node:os'
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { SimulationAnswer, WorldOrder, WorldScores } from './protocol.ts'

/** A thread of the simulator crashed; there is no result. */
export class SimulationFailed extends Error {
  override readonly name = 'SimulationFailed'
}

export interface SimulationOrder extends Omit<WorldOrder, 'seed'> {
  readonly seeds: readonly number[]
  /** Worlds at a time; absent: one for each core. */
  readonly threads?: number | undefined
}

export interface SimulationProgress {
  readonly done: number
  readonly worlds: number
  /** 0 to 1 of the whole, with the worlds that are being lived through. */
  readonly share: number
}

/**
 * Lives through one world for each seed, several at a time, each in a thread of its own.
 * @returns in the order of the seeds
 * @throws SimulationFailed
 */
export async function runSimulation(
  order: SimulationOrder,
  onProgress: (progress: SimulationProgress) => void,
): Promise<readonly WorldScores[]> {
  const { seeds, threads = availableParallelism(), ...shape } = order
  const shares = seeds.map(() => 0)
  const worlds: (WorldScores | undefined)[] = seeds.map(() => undefined)
  const tell = (): void => {
    const done = worlds.filter((world) => world !== undefined).length
    const share = shares.reduce((sum, one) => sum + one, 0) / seeds.length
    onProgress({ done, worlds: seeds.length, share })
  }
  let next = 0
  const work = async (thread: SimulationThread): Promise<void> => {
    for (let place = next++; place < seeds.length; place = next++) {
      const seed = seeds[place] ?? 0
      worlds[place] = await thread.live({ ...shape, seed }, (share) => {
        shares[place] = share
        tell()
      })
      shares[place] = 1
      tell()
    }
  }
  const started = Array.from(
    { length: Math.min(threads, seeds.length) },
    () => new SimulationThread(),
  )
  try {
    await Promise.all(started.map(work))
  } finally {
    await Promise.all(started.map((thread) => thread.end()))
  }
  return worlds.flatMap((world) => world ?? [])
}

/** Lives through one world at a time. */
class SimulationThread {
  readonly #worker: Worker

  constructor() {
    // The published package has its files with another ending.
    const entry = new URL(`./thread${extname(import.meta.filename)}`, import.meta.url)
    this.#worker = new Worker(entry, { name: 'parallax-simulation' })
  }

  live(order: WorldOrder, onShare: (share: number) => void): Promise<WorldScores> {
    const worker = this.#worker
    return new Promise((resolve, reject) => {
      const fail = (reason: string, cause?: unknown): void =>
        reject(new SimulationFailed(`seed ${order.seed}: ${reason}`, { cause }))
      const hear = (answer: SimulationAnswer): void => {
        if (answer.kind === 'progress') return onShare(answer.share)
        worker.off('message', hear)
        worker.removeAllListeners('error').removeAllListeners('exit')
        if (answer.kind === 'done') resolve(answer.world)
        else fail(answer.reason)
      }
      worker.on('message', hear)
      worker.once('error', (error) => fail((error as Error).message, error))
      worker.once('exit', () => fail('its thread ended'))
      worker.postMessage(order, [])
    })
  }

  async end(): Promise<void> {
    await this.#worker.terminate()
  }
}
