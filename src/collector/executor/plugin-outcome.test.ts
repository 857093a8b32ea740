import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { runOnce } from '../../../test/run-once.ts'

const folder = mkdtempSync(join(tmpdir(), 'outcome-'))
afterAll(() => rmSync(folder, { recursive: true }))

function plugin(body: string, interpreter = '#!/bin/bash\n'): string {
  const path = join(folder, `p${Math.floor(performance.now() * 1e6)}`)
  writeFileSync(path, `${interpreter}${body}\n`, { mode: 0o755 })
  return path
}

const NOTHING = '(No output on stdout) stderr:'

/** Recorded from Nagios 4.4.6 with the same plugins: [body, state, output, long output]. */
const RECORDED: readonly (readonly [string, number, string, string])[] = [
  ['echo u; exit 3', 3, 'u', ''],
  ['echo x; exit 127', 2, '(Return code of 127 is out of bounds. Check if plugin exists)', ''],
  ['echo x; exit 128', 2, "(Return code of 128 for service 's' on host 'h' was out of bounds)", ''],
  ['echo x; exit 139', 2, "(Return code of 139 for service 's' on host 'h' was out of bounds)", ''],
  ['echo before; kill -15 $$', 3, 'before', ''],
  ['echo b; kill -2 $$', 3, 'b', ''],
  ['kill -9 $$', 3, NOTHING, ''],
  ['echo err >&2; exit 2', 2, `${NOTHING} err`, ''],
  ['echo e1 >&2; echo e2 >&2; exit 1', 1, `${NOTHING} e1`, 'e2'],
  ['echo; exit 0', 0, '(No output returned from plugin)', ''],
  ["echo '   '; exit 0", 0, '', ''],
  ["printf 'a\\0b\\n'; exit 0", 0, 'a', ''],
  ["printf '\\0b\\n'; exit 0", 0, NOTHING, ''],
  ["printf '  lead'; exit 0", 0, 'lead', ''],
  ["printf '\\n\\nx\\n'; exit 0", 0, '(No output returned from plugin)', '\nx'],
  ["printf 'gr\\303\\266 \\366\\n'; exit 0", 0, 'grö ö', ''],
  ['exec >&-; exit 1', 1, NOTHING, ''],
  ['echo s; setsid sleep 2 & exit 1', 1, 's', ''],
  ['cat; echo got; exit 0', 0, 'got', ''],
  ['echo x; exit -1', 2, "(Return code of 255 for service 's' on host 'h' was out of bounds)", ''],
]

describe.each(['/bin/dash', '/bin/bash'])('with %s', (shell) => {
  test.each(RECORDED)('[PX1] %s', async (body, state, output, longOutput) => {
    const { outcome } = await runOnce({ line: plugin(body), service: 's' }, { shells: [shell] })
    expect(outcome).toMatchObject({ kind: 'exited', code: state, output, longOutput })
  })
})

test('[PX1] a plugin whose child was killed has not been killed itself', async () => {
  const body = 'sleep 9 & kill -9 $!; wait $!; echo Killed >&2; echo "not Killed" >&2; exit 137'
  const { outcome } = await runOnce({ line: plugin(body), service: 's' })
  expect(outcome).toMatchObject({
    code: 2,
    output: "(Return code of 137 for service 's' on host 'h' was out of bounds)",
  })
})

/** Command lines, recorded from Nagios 4.4.6: [line, state, output]. */
const LINES: readonly (readonly [string, number, string])[] = [
  ['/bin/echo \'a  b\' "c  d"', 0, 'a  b c  d'],
  ['/bin/echo $HOME', 0, '(No output returned from plugin)'],
  ["/bin/echo '$HOME'", 0, '$HOME'],
  ['/bin/echo a\\ b', 0, 'a b'],
  ["/bin/echo 'a", 2, `${NOTHING} /bin/sh: 1: Syntax error: Unterminated quoted string`],
  ['echo hello', 0, 'hello'],
  ['echo a >&2', 0, `${NOTHING} a`],
  ['echo a && exit 1', 1, 'a'],
  ['false || echo b', 0, 'b'],
  ['echo $(echo sub)', 0, 'sub'],
  ['/bin/echo ~root', 0, '~root'],
  ['FOO=bar /bin/echo x', 0, 'x'],
  ['/bin/echo a # b', 0, 'a # b'],
  ['printf hello', 0, 'hello'],
  ['/bin/echo `echo bt`', 0, 'bt'],
  ["/bin/echo '' x", 0, 'x'],
  ['/plugins/missing | cat', 0, `${NOTHING} /bin/sh: 1: /plugins/missing: not found`],
]

test.each(LINES)('[PX2] %s', async (line, state, output) => {
  const { outcome } = await runOnce({ line, service: 's' })
  expect(outcome).toMatchObject({ kind: 'exited', code: state, output })
})

test('[PX3] a plugin that is not there, may not be executed, is a folder, or has no interpreter', async () => {
  const missing = await runOnce({ line: '/plugins/missing -H x', service: 's' })
  expect(missing.outcome).toMatchObject({
    kind: 'not-started',
    reason: 'no-such-command',
    output: `${NOTHING} execvp(/plugins/missing, ...) failed. errno is 2: No such file or directory`,
  })
  const noInterpreter = await runOnce({ line: plugin('echo x', '#!/nonexistent\n'), service: 's' })
  expect(noInterpreter.outcome).toMatchObject({ kind: 'not-started', reason: 'no-such-command' })
  const aFolder = await runOnce({ line: `${folder}/`, service: 's' })
  expect(aFolder.outcome).toMatchObject({ kind: 'not-started', reason: 'not-executable' })
  const noShebang = await runOnce({ line: plugin('echo plain', ''), service: 's' })
  expect(noShebang.outcome).toMatchObject({ kind: 'exited', code: 0, output: 'plain' })
})

test('[PX3] a line that is too long for the system says so', async () => {
  const { outcome } = await runOnce({ line: `/bin/echo ${'x'.repeat(200_000)}`, service: 's' })
  expect(outcome).toMatchObject({
    kind: 'not-started',
    output: `${NOTHING} execvp(/bin/echo, ...) failed. errno is 7: Argument list too long`,
  })
})

test.each([
  ['ok | a=1 b=22222', 'ok', 'a=1'],
  ['ok | a=12345678', 'ok', ''],
  ['ok | a=1\nmore |b=3333', 'ok', 'a=1'],
  ['okay okay okay okay', 'okay okay okay', ''],
  ['okay okay okaü', 'okay okay oka', ''],
])('[PX11] %j is cut at the bound, and no item with it', async (text, output, perfdata) => {
  const line = plugin(`printf '${text}'`)
  const { outcome } = await runOnce({ line, service: 's' }, { outputBytesMax: 14 })
  expect(outcome).toMatchObject({ kind: 'exited', code: 0, output, perfdata })
})

test('[PX4] a host is named as a host', async () => {
  const { outcome } = await runOnce({ line: plugin('echo x; exit 9') })
  expect(outcome.output).toBe("(Return code of 9 for host 'h' was out of bounds)")
  const late = await runOnce({ line: '/bin/sleep 30', timeoutMs: 200 })
  expect(late.outcome.output).toMatch(/^\(Host check timed out after 0\.\d\d seconds\)$/)
})
