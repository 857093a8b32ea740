import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { CommandFailed, EXIT } from '../exit.ts'
import type { Terminal } from '../terminal.ts'
import { replayTrace } from './replay-trace.ts'

const TRACE = join(
  import.meta.dirname,
  '../../../test/fixtures/decision/08-isolated-late-flush.jsonl',
)
const folder = mkdtempSync(join(tmpdir(), 'parallax-trace-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function replayed(
  path: string,
  output: 'table' | 'json',
  isPassive = false,
): Promise<string> {
  const lines: string[] = []
  const same = (text: string): string => text
  const paint = { bold: same, dim: same, red: same, yellow: same, green: same, magenta: same }
  const terminal: Terminal = {
    data: (text) => void lines.push(text),
    say: (text) => void lines.push(text),
    isInteractive: false,
    columns: 80,
    paint,
  }
  await replayTrace(terminal, path, { isPassive, output })
  return lines.join('\n')
}

test('[SI12] a trace file is scored: as JSON for scripts, in words for people', async () => {
  const score = JSON.parse(await replayed(TRACE, 'json')) as object
  expect(score).toEqual({
    falseAlarms: 0,
    missed: 0,
    outages: 7,
    delayP50s: 8.7,
    delayMaxS: 8.7,
    labels: { 'host>host': 7 },
    observerFaults: '1/1',
    observerIncidents: [{ type: 'vantage', v: 1, why: 'silent', fromS: 235, toS: 650 }],
    extraProbes: 35,
    digestsEqual: true,
  })
  const text = await replayed(TRACE, 'table', true)
  expect(text).toMatch(/^False alarms +0$/m)
  expect(text).toMatch(/^Missed +0 of 7$/m)
  expect(text).toMatch(/^Incident +vantage 1 silent, 235 to 650 s$/m)
  expect(text).toMatch(/^Asked +0 answers$/m)
  expect(text).toMatch(/^Two nodes +agree$/m)
})

describe('[SI13] what cannot be used is refused', () => {
  const failing = async (path: string): Promise<CommandFailed> => {
    const error: unknown = await replayed(path, 'json').catch((caught: unknown) => caught)
    if (!(error instanceof CommandFailed)) throw new Error(`not refused: ${String(error)}`)
    return error
  }
  test('with the file, the number of the line and a hint', async () => {
    const path = join(folder, 'torn.jsonl')
    const lines = readFileSync(TRACE, 'utf8').split('\n').slice(0, 20)
    writeFileSync(path, [...lines, '["v1","s1","ok",1,2'].join('\n'))
    const { message, status, hint } = await failing(path)
    expect(message).toMatch(`${path}:21: this is no JSON`)
    expect(status).toBe(EXIT.usage)
    expect(hint).toBe('one JSON value to a line')
  })
  test('when it ends in the middle', async () => {
    const path = join(folder, 'half.jsonl')
    writeFileSync(path, readFileSync(TRACE, 'utf8').split('\n').slice(0, 20).join('\n'))
    expect((await failing(path)).message).toMatch(`${path}:20: the trace ends without its truth`)
  })
  test('when it is not there, or a folder', async () => {
    expect(await failing(join(folder, 'none.jsonl'))).toMatchObject({ status: EXIT.notFound })
    expect((await failing(folder)).message).toMatch('this is a folder')
  })
})
