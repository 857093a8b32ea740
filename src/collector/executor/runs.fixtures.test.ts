import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fixtureFiles } from '../../../test/fixture-files.ts'
import { runOnce, type Ran } from '../../../test/run-once.ts'

interface RunCase {
  readonly id: string
  readonly case: string
  readonly script: string
  readonly as_plugin_script: boolean
  readonly state: number
  readonly output: string
  readonly output_bytes: number
  readonly long_output_bytes: number
  readonly perfdata_bytes: number
}

/** The limit that the recorded runs had. */
const LIMIT_MS = 4000
const OUTPUT_MAX = 65_536
const folder = mkdtempSync(join(tmpdir(), 'runs-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Recorded paths below /plugins are made in the temporary folder: a file that may not be executed, or none. */
function lineOf(run: RunCase): string {
  if (!run.as_plugin_script) {
    writeFileSync(join(folder, 'noexec'), '#!/bin/sh\necho never\n', { mode: 0o644 })
    return run.script.replaceAll('/plugins/', `${folder}/`)
  }
  const path = join(folder, run.id)
  writeFileSync(path, `#!/bin/bash\n${run.script}\n`)
  chmodSync(path, 0o755)
  return path
}

/** The service is named in some of the texts; otherwise its name is of no account. */
function serviceOf(run: RunCase): string {
  return /service '([^']+)'/.exec(run.output)?.[1] ?? basename(run.id)
}

const seconds = (text: string): string =>
  text.replace(/after [\d.]+ seconds/, 'after N seconds').replaceAll(`${folder}/`, '/plugins/')
/** Codes and texts as Nagios shows them of what never started: see the outcome's own text. */
const stateOf = ({ outcome }: Ran): number => (outcome.kind === 'exited' ? outcome.code : 2)

describe.each(fixtureFiles<{ runs?: readonly RunCase[] }>('runs'))('$path', ({ content }) => {
  const runs = content.runs ?? []
  const ran = new Map<string, Promise<Ran>>()
  beforeAll(() => {
    for (const run of runs)
      ran.set(run.id, runOnce({ line: lineOf(run), service: serviceOf(run), timeoutMs: LIMIT_MS }))
  })

  test.each(runs)('[PX1] $id $case: state and text', async (run) => {
    const result = (await ran.get(run.id)) as Ran
    const { outcome } = result
    expect(stateOf(result)).toBe(run.state)
    const longOutput = outcome.kind === 'exited' ? outcome.longOutput : ''
    const perfdata = outcome.kind === 'exited' ? outcome.perfdata : ''
    if (run.output.endsWith('...'))
      expect(outcome.output.startsWith(run.output.slice(0, -3))).toBe(true)
    else expect(seconds(outcome.output)).toBe(seconds(run.output))
    expect(Math.max(outcome.output.length, longOutput.length, perfdata.length)).toBeLessThanOrEqual(
      OUTPUT_MAX,
    )
    expect(longOutput === '').toBe(run.long_output_bytes === 0)
    expect(perfdata === '').toBe(run.perfdata_bytes === 0)
    if (run.case.includes('background')) expect(result.tookMs).toBeLessThan(2000)
  })
})
