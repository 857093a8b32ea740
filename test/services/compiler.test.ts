import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/adapters/system/clock.ts'
import { silentLog } from '../../src/base/log.ts'
import {
  CompilerBusy,
  CompilerFailed,
  createCompiler,
  type Ask,
  type Compiler,
  type CompilerLimits,
} from '../../src/roles/compiler/compiler.ts'
import type { CompileOutcome } from '../../src/roles/compiler/protocol.ts'
import { makePlace, type Place } from './program.ts'

/** The compiler's thread, real, with real texts: how it fails, and that nobody else notices. */

let place: Place
let compiler: Compiler
beforeAll(() => {
  place = makePlace('hosts: { a: { checkCommand: passive } }\n')
})
afterEach(() => compiler.close())
afterAll(() => place.remove())

function start(limits: Partial<CompilerLimits> = {}): void {
  const settings = { path: place.config, url: 'http://127.0.0.1', environment: {} }
  compiler = createCompiler({ settings, clock: systemClock, log: silentLog, limits })
}

const NOTHING = { revision: 'none', digests: new Map() }

function compiled(text = ''): (ask: Ask) => Promise<CompileOutcome> {
  const documents = [{ name: 'x.yaml', text }]
  const proposal = { documents, managedBy: 'x', prune: false, force: false }
  const order = { files: 'on-disk', activeObjects: [], objects: [], proposal } as const
  return async (ask) => {
    const answer = await ask({ kind: 'compile', order, basis: NOTHING })
    if (answer.kind !== 'compiled') throw new Error(answer.kind)
    return answer.outcome
  }
}

const large = `hosts:\n${Array.from({ length: 40_000 }, (_, n) => `  h${n}: { checkCommand: passive }\n`).join('')}`

describe('[CC11] a thread that fails is replaced', () => {
  test('when it takes too long', async () => {
    start({ answerMaxMs: 1_000 })
    const began = performance.now()
    const refused = compiler.alone(compiled(large.repeat(1)))
    const next = compiler.alone(compiled())
    await expect(refused).rejects.toThrow(new CompilerFailed('no answer within 1 s'))
    expect(performance.now() - began).toBeLessThan(3_000)
    // Its successor has to begin from nothing within the same bound; on a busy machine it may need a second try.
    const outcome = await next.catch(() => compiler.alone(compiled()))
    expect(outcome).toMatchObject({ hosts: 1, problems: [] })
  })
  test('when it needs too much memory', async () => {
    start({ memoryMb: 48 })
    await expect(compiler.alone(compiled(large))).rejects.toThrow(
      new CompilerFailed('the configuration needs more memory than the compiler has'),
    )
    expect(await compiler.alone(compiled())).toMatchObject({ hosts: 1 })
  }, 60_000)
  test('when it meets a fault of the program', async () => {
    start()
    const objects = compiler.alone((ask) => ask({ kind: 'next-objects' }))
    await expect(objects).rejects.toThrow(CompilerFailed)
    expect(await compiler.alone(compiled())).toMatchObject({ hosts: 1 })
  })
})

test('callers have it one after the other, and not more than a bound wait', async () => {
  start({ waitingMax: 3 })
  const order: number[] = []
  const work = (n: number) => async (ask: Ask) => {
    await compiled()(ask)
    order.push(n)
  }
  const turns = [1, 2, 3].map((n) => compiler.alone(work(n)))
  await expect(compiler.alone(work(4))).rejects.toThrow(CompilerBusy)
  await Promise.all(turns)
  expect(order).toEqual([1, 2, 3])
})

test('it asks for what it shall compare with when it does not know it', async () => {
  start()
  const order = { files: 'on-disk', activeObjects: [], objects: [], proposal: undefined } as const
  const basis = { revision: 'other', digests: undefined }
  const answers = await compiler.alone(async (ask) => {
    const first = await ask({ kind: 'compile', order, basis })
    const digests = new Map([['hosts', new Map([['gone', 'x']])]])
    return [first, await ask({ kind: 'compile', order, basis: { ...basis, digests } })]
  })
  expect(answers[0]).toEqual({ kind: 'needs-basis' })
  expect(answers[1]).toMatchObject({ kind: 'compiled', outcome: { hosts: 1 } })
  const difference = new Map([['hosts', { created: ['a'], changed: [], deleted: ['gone'] }]])
  expect(answers[1]).toMatchObject({ outcome: { difference } })
})

test('it ends when nobody needs it, and is there again for the next', async () => {
  start({ restMs: 1, idleMs: 50 })
  const first = await compiler.alone(compiled())
  const threads = (): number =>
    process.getActiveResourcesInfo().filter((kind) => kind === 'MessagePort').length
  const deadline = performance.now() + 5_000
  while (threads() > 0 && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 20))
  expect(await compiler.alone(compiled())).toEqual(first)
})
