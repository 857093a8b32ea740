import { readTrace, TraceFault } from '../../simulator/trace-file/trace.ts'
import { scoreTrace, type TraceScore } from '../../simulator/trace-file/trace-score.ts'
import { CommandFailed, EXIT } from '../exit.ts'
import { linesOf } from '../simulation/trace-lines.ts'
import type { Terminal } from '../terminal.ts'

export interface ReplayTraceFlags {
  /** Answers to questions are left out. */
  readonly isPassive: boolean
  readonly output: 'table' | 'json'
}

/**
 * Lets the decision engine live through a trace file, and says how right it was.
 * @throws CommandFailed `usage` naming the line that cannot be used, `notFound` without the file
 */
export async function replayTrace(
  terminal: Terminal,
  path: string,
  { isPassive, output }: ReplayTraceFlags,
): Promise<void> {
  const score = scoreTrace(await traceOf(path), isPassive)
  if (output === 'json') return terminal.data(JSON.stringify(score, null, 2))
  for (const [label, text] of rowsOf(score)) terminal.data(`${label.padEnd(18)} ${text}`)
}

async function traceOf(path: string) {
  try {
    return await readTrace(linesOf(path))
  } catch (error) {
    if (error instanceof TraceFault)
      throw new CommandFailed(EXIT.usage, `${path}:${error.line}: ${error.message}`, error.hint)
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    const reasons: Readonly<Record<string, string>> = {
      ENOENT: 'there is no such file',
      EISDIR: 'this is a folder, not a trace',
      EACCES: 'this file may not be read',
    }
    const status = code === 'ENOENT' ? EXIT.notFound : EXIT.usage
    throw new CommandFailed(status, `${path}: ${reasons[code] ?? code}`)
  }
}

function rowsOf(score: TraceScore): readonly (readonly [label: string, text: string])[] {
  const labels = Object.entries(score.labels).map(([label, count]) => `${label} ${count}`)
  const seconds = (value: number | null): string => (value === null ? '-' : `${value} s`)
  return [
    ['False alarms', String(score.falseAlarms)],
    ['Missed', `${score.missed} of ${score.outages}`],
    ['Delay', `${seconds(score.delayP50s)} median, ${seconds(score.delayMaxS)} at most`],
    ['Causes', labels.join(', ') || '-'],
    ['Observer faults', `${score.observerFaults} found`],
    ...score.observerIncidents.map(
      ({ type, v, why, site, host, fromS, toS }) =>
        [
          'Incident',
          `${type} ${v}${why === undefined ? '' : ` ${why}`}${site === undefined ? '' : ` to site ${site}`}${host === undefined ? '' : ` to host ${host}`}, ${fromS} to ${toS} s`,
        ] as const,
    ),
    ['Asked', `${score.extraProbes} answers`],
    ['Two nodes', score.digestsEqual ? 'agree' : 'differ'],
  ]
}
