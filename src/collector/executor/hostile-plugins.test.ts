import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { systemClock } from '../../adapters/system/clock.ts'
import type { Finished } from '../ports.ts'
import { checkOf, runOnce, testExecutor } from '../../../test/run-once.ts'
import { DEFAULT_EXECUTOR, type ExecutorSettings, type PluginExecutor } from './executor.ts'

const folder = mkdtempSync(join(tmpdir(), 'hostile-'))
afterAll(() => rmSync(folder, { recursive: true }))

function plugin(name: string, body: string): string {
  const path = join(folder, name)
  writeFileSync(path, `#!/bin/bash\n${body}\n`, { mode: 0o755 })
  return path
}

/** An executor with few shells, and its results as promises. */
class Bench {
  readonly executor: PluginExecutor
  readonly #waiting = new Map<string, (finished: Finished) => void>()

  constructor(settings: Partial<ExecutorSettings> = {}) {
    this.executor = testExecutor(
      (finished) => this.#waiting.get(finished.job.check.id)?.(finished),
      { slots: 4, killGraceMs: 200, ...settings },
    )
  }

  /** Waits for a slot, as the scheduler does. */
  async run(service: string, line: string, timeoutMs = 10_000): Promise<Finished> {
    const check = checkOf({ service, line, timeoutMs })
    const result = new Promise<Finished>((resolve) => this.#waiting.set(check.id, resolve))
    const job = {
      check,
      origin: 'scheduled' as const,
      dueAt: systemClock.now(),
      macros: () => ({}),
    }
    while (!this.executor.start(job)) await systemClock.sleep(5)
    return result
  }
}

function processesNamed(word: string): number {
  return readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false
    try {
      return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(word)
    } catch {
      return false
    }
  }).length
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await systemClock.sleep(20)
}

test('[PX10] a plugin that hangs, with children, or ignores TERM is gone with all that it started, and others go on', async () => {
  const bench = new Bench()
  const stubborn = plugin(
    'stubborn',
    "trap '' TERM; sleep 77.1 & sleep 77.1 & while :; do sleep 77.1; done",
  )
  const [hung, fine] = await Promise.all([
    bench.run('hung', stubborn, 300),
    bench.run('fine', '/bin/echo fine'),
  ])
  expect(hung.outcome.kind).toBe('timed-out')
  expect(hung.finishedAt - hung.startedAt).toBeLessThan(1500)
  expect(fine.outcome).toMatchObject({ kind: 'exited', output: 'fine' })
  await until(() => processesNamed('stubborn') === 0)
  expect(processesNamed('77.1')).toBe(0)
  await bench.executor.close()
})

test('[PX11] a flood of 100 MB is cut off, in memory and on disk', async () => {
  const { outcome } = await runOnce({
    line: plugin('flood', 'head -c 100000000 /dev/zero | tr "\\0" x; exit 0'),
    service: 's',
  })
  expect(outcome.output.length).toBeLessThanOrEqual(DEFAULT_EXECUTOR.outputBytesMax)
  expect(outcome.output.length).toBeGreaterThan(8000)
})

test('[PX11] cut output ends with a whole item of performance data', async () => {
  const { outcome } = await runOnce({
    line: plugin('long', 'echo -n "ok |"; for i in $(seq 9000); do echo -n " item$i=$i"; done'),
    service: 's',
  })
  const perfdata = outcome.kind === 'exited' ? outcome.perfdata : ''
  expect(perfdata.length).toBeGreaterThan(60_000)
  expect(perfdata.split(' ').at(-1)).toMatch(/^item(\d+)=\1$/)
})

test('[PX12] a child left in the background writes into no later answer', async () => {
  const bench = new Bench({ slots: 1 })
  await bench.run(
    'a',
    plugin('leaver', '(for i in 1 2 3 4 5 6 7 8 9; do echo late; sleep 0.02; done) & echo first'),
  )
  for (let n = 0; n < 20; n++) {
    const { outcome } = await bench.run('b', plugin('slow', 'sleep 0.01; echo second'))
    expect(outcome).toMatchObject({ output: 'second', longOutput: '' })
  }
  await bench.executor.close()
})

test('[PX13] a plugin that kills its shell is tried once more and then reported; the next one runs', async () => {
  const bench = new Bench({ slots: 1 })
  const { outcome } = await bench.run('killer', plugin('killer', 'kill -9 $PPID; sleep 5'))
  expect(outcome).toMatchObject({ kind: 'not-started', reason: 'executor-failed' })
  expect((await bench.run('next', '/bin/echo next')).outcome.output).toBe('next')
  await bench.executor.close()
})

test('[PX14] no line gets at the shell itself', async () => {
  const bench = new Bench({ slots: 1 })
  const lines = [
    'exit 3',
    "echo 'a",
    'echo a; exec sleep 0',
    'cat <<EOF\nx\nEOF',
    '} ; echo x',
    'trap "" TERM; cd /; set -e; false',
    'kill -9 $$',
    'echo "$(cat',
    'echo a\nexit 2',
    ') echo',
    'while :',
    'ulimit -n 1; echo x',
    'exec >&- 2>&-',
    'unset PATH; readonly PATH',
    'stty -a',
    '\u0007\u001b[2J',
    '',
  ]
  for (const line of lines) {
    await bench.run('odd', line)
    expect((await bench.run('after', '/bin/echo after')).outcome.output, `after: ${line}`).toBe(
      'after',
    )
  }
  expect(await metricOf(bench.executor, 'parallax_executor_shells_replaced_total')).toBe(0)
  await bench.executor.close()
})

test('[PX15] arguments are data, whatever is in them', async () => {
  const nasty = [
    "it's",
    '$(touch /tmp/never)',
    '`id`',
    '; reboot',
    'a\nb',
    '"',
    '\\',
    '*',
    '',
    '-n',
    'ü ✓',
    '&& false',
    '${IFS}',
  ]
  const script = plugin('show', 'for a in "$@"; do printf "<%s>" "$a"; done')
  const { outcome } = await runOnce({
    service: 's',
    command: {
      kind: 'arguments',
      program: script,
      arguments: nasty,
      hasRuntimeMacros: false,
      environment: { KEY: "o'x; echo y" },
    },
  })
  const text =
    outcome.kind === 'exited'
      ? [outcome.output, outcome.longOutput].filter((part) => part !== '').join('\n')
      : ''
  expect(text).toBe(nasty.map((argument) => `<${argument}>`).join(''))
})

test('[PX16] the environment of one check is not that of the next', async () => {
  const script = plugin('env', 'echo "KEY=$KEY PATH=${PATH:+set}"')
  const command = {
    kind: 'arguments' as const,
    program: script,
    arguments: [],
    hasRuntimeMacros: false,
    environment: { KEY: "o'x; echo y", 'not a name': 'z' },
  }
  expect((await runOnce({ service: 's', command })).outcome.output).toBe("KEY=o'x; echo y PATH=set")
  expect((await runOnce({ service: 's', line: script })).outcome.output).toBe('KEY= PATH=set')
})

test('[PX17] without a free slot the job is not taken; slots come back', async () => {
  const bench = new Bench({ slots: 2 })
  const sleeping = [bench.run('a', '/bin/sleep 0.3'), bench.run('b', '/bin/sleep 0.3')]
  const job = {
    check: checkOf({ service: 'c', line: '/bin/true' }),
    origin: 'scheduled' as const,
    dueAt: systemClock.now(),
    macros: () => ({}),
  }
  expect(bench.executor.start(job)).toBe(false)
  await Promise.all(sleeping)
  expect((await bench.run('d', '/bin/echo d')).outcome.output).toBe('d')
  await bench.executor.close()
})

test('[PX18] thousands of runs leave no file, no process and no descriptor behind', async () => {
  const bench = new Bench({ slots: 8 })
  await bench.run('warm', '/bin/true')
  const before = readdirSync('/proc/self/fd').length
  const lanes = Array.from({ length: 8 }, async (_, lane) => {
    for (let n = 0; n < 250; n++) await bench.run(`lane${lane}`, '/bin/true')
  })
  await Promise.all(lanes)
  expect(readdirSync('/proc/self/fd').length - before).toBeLessThan(8 * 3 + 4)
  await bench.executor.close()
  expect(
    readdirSync('/dev/shm').filter((name) => name.startsWith(`parallax-${process.pid}-`)),
  ).toEqual([])
  expect(
    execFileSync('sh', ['-c', `ps --ppid ${process.pid} -o comm= | grep -c dash || true`], {
      encoding: 'utf8',
    }).trim(),
  ).toBe('0')
}, 60_000)

async function metricOf(executor: PluginExecutor, name: string): Promise<number> {
  return executor.metrics.find((metric) => metric.name === name)?.read() ?? Number.NaN
}
