import { parentPort } from 'node:worker_threads'
import { assert } from '../../base/assert.ts'
import { live } from './live.ts'
import type { SimulationAnswer, WorldOrder } from './protocol.ts'

/** The entry of a thread of the simulator: one world after the other. */

assert(parentPort !== null, 'this file is started as a thread')
const main = parentPort
const say = (answer: SimulationAnswer): void => main.postMessage(answer, [])

main.on('message', (order: WorldOrder) => {
  try {
    say({ kind: 'done', world: live(order, (share) => say({ kind: 'progress', share })) })
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
    say({ kind: 'failed', reason })
  }
})
