import { makePlace, startProgram, type Program } from '../test/services/program.ts'
import { cpuOf } from './peers/process-tree.ts'
import { pause } from './report.ts'

/** The real program with a configuration, for the length of one measurement. */
export async function withProgram<T>(
  yaml: string,
  flags: readonly string[],
  measure: (program: Program) => Promise<T>,
): Promise<T> {
  const place = makePlace(yaml)
  const program = await startProgram(place, ['--log-level', 'error', ...flags])
  try {
    return await measure(program)
  } finally {
    await program.stop()
    place.remove()
  }
}

export interface Window {
  readonly seconds: number
  /** Results that the database has, per second. */
  readonly resultsPerSecond: number
  /** CPU seconds per second of everything but plugins: node, shells, database. */
  readonly ownCpu: number
  readonly pluginCpu: number
}

/** What the program did and used in `seconds`. */
export async function observe(program: Program, seconds: number): Promise<Window> {
  const before = {
    results: await storedResults(program),
    cpu: cpuOf(program.pid),
    at: performance.now(),
  }
  await pause(seconds * 1000)
  const after = {
    results: await storedResults(program),
    cpu: cpuOf(program.pid),
    at: performance.now(),
  }
  const took = (after.at - before.at) / 1000
  return {
    seconds: took,
    resultsPerSecond: (after.results - before.results) / took,
    ownCpu: (after.cpu.own - before.cpu.own) / took,
    pluginCpu: (after.cpu.reaped - before.cpu.reaped) / took,
  }
}

/** One figure of `/metrics`, all its series added up. */
export async function metric(program: Program, name: string): Promise<number> {
  const response = await fetch(`${program.url}/metrics`, {
    headers: { authorization: `Bearer ${program.token}` },
  })
  const lines = (await response.text())
    .split('\n')
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
  if (lines.length === 0) throw new Error(`/metrics has no ${name}`)
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
}

export async function storedResults(program: Program): Promise<number> {
  return metric(program, 'parallax_results_stored_total')
}
