import { parentPort, workerData } from 'node:worker_threads'
import { assert } from '../../base/assert.ts'
import type { CompilerAnswer, CompilerRequest, CompilerSettings } from './protocol.ts'
import { Workbench } from './workbench.ts'

/** The entry of the compiler's thread: one request after the other, an answer for each. */

assert(parentPort !== null, 'this file is started as a thread')
const main = parentPort
const workbench = new Workbench(workerData as CompilerSettings)

main.on('message', (request: CompilerRequest) => {
  workbench.answer(request).then(
    (answer) => main.postMessage(answer satisfies CompilerAnswer, []),
    (error: unknown) => {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
      main.postMessage({ kind: 'failed', reason } satisfies CompilerAnswer, [])
    },
  )
})
