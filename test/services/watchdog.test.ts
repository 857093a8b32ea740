import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { isAlive } from '../../src/adapters/process/processes.ts'
import { makeFolder } from './daemon.ts'
import { eventually, makePlace } from './program.ts'

const root = join(import.meta.dirname, '..', '..')
const folder = makeFolder()
const running: Watched[] = []
let count = 0

afterEach(() => {
  for (const one of running.splice(0))
    for (const pid of [one.child.pid as number, ...one.pids()])
      if (isAlive(pid)) process.kill(pid, 'SIGKILL')
})
afterAll(() => folder.remove())

interface Watched {
  /** The watchdog. */
  readonly child: ChildProcess
  text(): string
  /** Of the program, each time that it came up. */
  pids(): number[]
  /** Waits until it came up so often. */
  up(times: number): Promise<number>
  said(words: string | RegExp): Promise<void>
}

function watchedOf(child: ChildProcess, sign: RegExp): Watched {
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (text += chunk.toString()))
  const pids = (): number[] => [...text.matchAll(sign)].map(([, pid]) => Number(pid))
  const one: Watched = {
    child,
    text: () => text,
    pids,
    up: (times) => eventually(async () => pids()[times - 1], 60_000, `start ${times}\n${text}`),
    async said(words) {
      const isThere = (): boolean =>
        typeof words === 'string' ? text.includes(words) : words.test(text)
      await eventually(async () => (isThere() ? true : undefined), 40_000, String(words))
    },
  }
  running.push(one)
  return one
}

/** A program that misbehaves, with the real watchdog over it. */
function watch(
  mode: string,
  { silenceMs = 15_000, env = {} }: { silenceMs?: number; env?: Record<string, string> } = {},
): Watched {
  const own = join(folder.path, `${++count}`)
  mkdirSync(own)
  const words = [join(import.meta.dirname, 'watched-child.ts'), mode, own]
  const line = `require(${JSON.stringify(join(root, 'bin', 'watchdog.js'))}).watch(process.execPath, ${JSON.stringify(words)}, { silenceMs: ${silenceMs}, env: process.env })`
  const child = spawn(process.execPath, ['-e', line], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  return watchedOf(child, /up (\d+)/g)
}

const statusOf = async (child: ChildProcess): Promise<number | string> => {
  if (child.exitCode !== null) return child.exitCode
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
  return code ?? signal ?? ''
}

describe('[WD1] a crash', () => {
  test('a program that is killed is started again', async () => {
    const watched = watch('fine')
    const first = await watched.up(1)
    process.kill(first, 'SIGKILL')
    const second = await watched.up(2)
    expect(second).not.toBe(first)
    expect(watched.text()).toMatch(/"status":"SIGKILL".*started again/)
    expect(isAlive(watched.child.pid as number)).toBe(true)
  })
  test('one that crashes again and again is started after growing pauses', async () => {
    const watched = watch('crash')
    await watched.up(4)
    const pauses = [...watched.text().matchAll(/"pauseMs":(\d+)/g)].map(([, ms]) => Number(ms))
    expect(pauses.slice(0, 3)).toEqual([1000, 2000, 4000])
    expect(watched.text()).toContain('"status":3')
    await watched.said('"crashes":5')
    expect(watched.text()).toContain('does not stay up')
    // [WD5] in the pause
    const began = performance.now()
    watched.child.kill('SIGTERM')
    expect(await statusOf(watched.child)).toBe(0)
    expect(performance.now() - began).toBeLessThan(2_000)
  }, 60_000)
})

test('[WD2] a refusal to start stays one', async () => {
  const watched = watch('refuse')
  expect(await statusOf(watched.child)).toBe(5)
  expect(watched.text()).toBe('nothing was started\n')
})

describe('[WD3] a program that does not turn', () => {
  test('a blocked loop is killed and started again, and the log knows that it computed', async () => {
    const watched = watch('block-once', { silenceMs: 3_000 })
    const first = await watched.up(1)
    await watched.up(2)
    expect(isAlive(first)).toBe(false)
    expect(watched.text()).toMatch(/"condition":"computes".*the program is silent/)
  }, 30_000)
  test('so is one that was stopped', async () => {
    const watched = watch('fine', { silenceMs: 3_000 })
    process.kill(await watched.up(1), 'SIGSTOP')
    await watched.up(2)
    expect(watched.text()).toContain('"condition":"stopped by a signal"')
  }, 30_000)
})

test('[WD4] one that says that a part is stuck is started again', async () => {
  const watched = watch('stuck-once')
  const first = await watched.up(1)
  await watched.up(2)
  expect(isAlive(first)).toBe(false)
  expect(watched.text()).toMatch(/"part":"scheduler".*makes no progress, it is started again/)
}, 30_000)

describe('[WD5] signals', () => {
  test('SIGHUP and SIGTERM are passed on, and the status comes back', async () => {
    const watched = watch('stop-7')
    const pid = await watched.up(1)
    watched.child.kill('SIGHUP')
    await watched.said('reloaded')
    watched.child.kill('SIGTERM')
    expect(await statusOf(watched.child)).toBe(7)
    expect(isAlive(pid)).toBe(false)
  })
  test('the program may be told itself', async () => {
    const watched = watch('fine')
    process.kill(await watched.up(1), 'SIGTERM')
    expect(await statusOf(watched.child)).toBe(0)
  })
  test('one that does not hear is killed', async () => {
    const watched = watch('deaf')
    const pid = await watched.up(1)
    const began = performance.now()
    watched.child.kill('SIGTERM')
    expect(await statusOf(watched.child)).toBe(1)
    expect(performance.now() - began).toBeLessThan(35_000)
    expect(isAlive(pid)).toBe(false)
  }, 60_000)
})

test('[WD6] a program ends with its watchdog', async () => {
  const watched = watch('fine')
  const pid = await watched.up(1)
  watched.child.kill('SIGKILL')
  await eventually(async () => (isAlive(pid) ? undefined : true), 3_000, 'its end')
})

test('[WD7] a watchdog that was held up accuses nobody', async () => {
  const watched = watch('fine', { silenceMs: 3_000 })
  const pid = await watched.up(1)
  // Both, as a machine that is paused; the program wakes up later.
  for (const one of [pid, watched.child.pid as number]) process.kill(one, 'SIGSTOP')
  await new Promise((resolve) => setTimeout(resolve, 7_000))
  process.kill(watched.child.pid as number, 'SIGCONT')
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  process.kill(pid, 'SIGCONT')
  await new Promise((resolve) => setTimeout(resolve, 3_000))
  expect(isAlive(pid)).toBe(true)
  expect(watched.text()).not.toContain('silent')
}, 30_000)

test('[WD8] systemd hears that it is up, that it lives and that it ends', async () => {
  const tools = join(folder.path, 'tools')
  mkdirSync(tools)
  const heard = join(tools, 'heard')
  writeFileSync(heard, '')
  // In the place of systemd-notify, whose other side only systemd has.
  writeFileSync(join(tools, 'systemd-notify'), `#!/bin/sh\necho "$NOTIFY_SOCKET $*" >> ${heard}\n`)
  chmodSync(join(tools, 'systemd-notify'), 0o755)
  const watched = watch('fine', {
    env: {
      PATH: `${tools}:${process.env['PATH']}`,
      NOTIFY_SOCKET: '/run/notify',
      WATCHDOG_USEC: '1000000',
    },
  })
  await watched.up(1)
  expect(watched.text()).toContain('no-socket')
  const heardText = (): string => readFileSync(heard, 'utf8')
  const hears = (words: string): Promise<true> =>
    eventually(async () => (heardText().includes(words) ? true : undefined))
  await hears('WATCHDOG=1')
  await hears('/run/notify --ready')
  watched.child.kill('SIGTERM')
  await statusOf(watched.child)
  await hears('STOPPING=1')
})

describe('the whole program', () => {
  const program = (place: ReturnType<typeof makePlace>, ...flags: string[]): Watched => {
    const words = ['up', '--config', place.config, '--data', place.data]
    const child = spawn(
      process.execPath,
      [join(root, 'bin', 'parallax'), ...words, '--listen', '127.0.0.1:0', ...flags],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, PARALLAX_WATCHDOG: '' },
      },
    )
    return watchedOf(child, /Console: http:\/\/127.0.0.1:(\d+)/g)
  }
  const pidIn = (place: ReturnType<typeof makePlace>): number =>
    Number(readFileSync(join(place.data, 'parallax.pid'), 'utf8').split('\n')[0])
  const YAML = 'hosts: { h: { address: 127.0.0.1, checkCommand: passive } }\n'

  test('[WD1] [WD3] [WD5] killed it comes back, stopped it comes back, told to end it ends', async () => {
    const place = makePlace(YAML)
    try {
      const watched = program(place, '--watchdog', '5')
      await watched.up(1)
      const first = pidIn(place)
      expect(first).not.toBe(watched.child.pid)
      process.kill(first, 'SIGKILL')
      await watched.up(2)
      const second = pidIn(place)
      process.kill(second, 'SIGSTOP')
      await watched.up(3)
      expect([first, second].map(isAlive)).toEqual([false, false])
      const began = performance.now()
      watched.child.kill('SIGTERM')
      expect(await statusOf(watched.child)).toBe(0)
      expect(performance.now() - began).toBeLessThan(10_000)
    } finally {
      place.remove()
    }
  }, 90_000)

  test('[WD2] a faulty configuration is refused once', async () => {
    const place = makePlace('hosts: { h: { adress: 127.0.0.1 } }\n')
    try {
      const watched = program(place)
      expect(await statusOf(watched.child)).toBe(1)
      expect(watched.text().match(/nothing was started/g)).toHaveLength(1)
    } finally {
      place.remove()
    }
  }, 30_000)

  test('[WD6] the next start ends the program of a killed watchdog, also one that hangs', async () => {
    const place = makePlace(YAML)
    try {
      const watched = program(place)
      await watched.up(1)
      const pid = pidIn(place)
      process.kill(pid, 'SIGSTOP')
      watched.child.kill('SIGKILL')
      await statusOf(watched.child)
      expect(isAlive(pid)).toBe(true)
      const next = program(place)
      await next.up(1)
      expect(isAlive(pid)).toBe(false)
      next.child.kill('SIGTERM')
      expect(await statusOf(next.child)).toBe(0)
    } finally {
      place.remove()
    }
  }, 60_000)

  test('without a watchdog it is one process', async () => {
    const place = makePlace(YAML)
    try {
      const alone = program(place, '--no-watchdog')
      await alone.up(1)
      expect(pidIn(place)).toBe(alone.child.pid)
      alone.child.kill('SIGTERM')
      expect(await statusOf(alone.child)).toBe(0)
    } finally {
      place.remove()
    }
  }, 60_000)
})
