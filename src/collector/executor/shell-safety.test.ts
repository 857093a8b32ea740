import { expect, test } from 'vitest'
import type { CheckCommand } from '../../domain/check.ts'
import { pluginFolder, PluginBench } from '../../../test/plugin-bench.ts'
import { runOnce } from '../../../test/run-once.ts'

const { plugin } = pluginFolder()

test('[PX13] a plugin that kills its shell is tried once more and then reported; the next one runs', async () => {
  const bench = new PluginBench({ slots: 1 })
  const { outcome } = await bench.run('killer', plugin('killer', 'kill -9 $PPID; sleep 5'))
  expect(outcome).toMatchObject({ kind: 'not-started', reason: 'executor-failed' })
  expect((await bench.run('next', '/bin/echo next')).outcome.output).toBe('next')
  await bench.executor.close()
})

test('[PX14] no line gets at the shell itself', async () => {
  const bench = new PluginBench({ slots: 1 })
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
  expect(bench.metric('parallax_executor_shells_replaced_total')).toBe(0)
  await bench.executor.close()
})

test('[PX15] a program is a program, whatever its name', async () => {
  const bench = new PluginBench({ slots: 1 })
  const odd = plugin('A=b', 'echo odd')
  const named = (program: string): CheckCommand => ({
    kind: 'arguments',
    program,
    arguments: ['3'],
    hasRuntimeMacros: false,
    environment: {},
  })
  expect((await bench.run('a', named(odd))).outcome.output).toBe('odd')
  expect((await bench.run('a', named('exit'))).outcome.kind).toBe('not-started')
  expect((await bench.run('a', named('A=b'))).outcome.kind).toBe('not-started')
  expect((await bench.run('a', named('-h'))).outcome.kind).toBe('not-started')
  expect((await bench.run('a', named(''))).outcome.kind).not.toBe('timed-out')
  expect((await bench.run('a', named('printf'))).outcome.output).toBe('3')
  expect(bench.metric('parallax_executor_shells_replaced_total')).toBe(0)
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

test('[PX16] no variable harms the shell', async () => {
  const bench = new PluginBench({ slots: 1 })
  const script = plugin('env-all', 'echo "$OPTIND-$IFS-$PS4"')
  const environment = { OPTIND: 'x', UID: '0', PPID: '1', IFS: 'x', PS4: '$(kill $$)' }
  const result = await bench.run('odd', {
    kind: 'arguments',
    program: script,
    arguments: [],
    hasRuntimeMacros: false,
    environment,
  })
  expect(result.outcome).toMatchObject({ kind: 'exited', code: 0 })
  expect(bench.metric('parallax_executor_shells_replaced_total')).toBe(0)
  await bench.executor.close()
})
