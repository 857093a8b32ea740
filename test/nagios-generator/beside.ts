import { objectsAsNagios } from '../../src/configuration/nagios/as-nagios.ts'
import { readNagios } from '../../src/configuration/nagios/read.ts'
import { renderProblem, type Problem } from '../../src/configuration/problem.ts'
import { DEPARTURES, onceEach, type Departure } from './departures.ts'
import { nagiosVerdict, writeNagiosFiles, type NagiosFiles } from './nagios-verdict.ts'
import { differencesOf, type CachedObjects, type Difference } from './object-cache.ts'
import { reduceFiles } from './reduce.ts'

/** What Nagios and we say of the same files. */
export type Comparison =
  | { readonly kind: 'accepted'; readonly objects: number }
  | { readonly kind: 'refused' }
  | { readonly kind: 'departed'; readonly departure: Departure }
  | { readonly kind: 'peer-crashed' }
  | { readonly kind: 'verdicts-differ'; readonly nagios: string; readonly ours: string }
  | { readonly kind: 'objects-differ'; readonly differences: readonly Difference[] }

/** Gives the same files to both, in `folder`. Our reader and Nagios work at the same time. */
export async function compareBeside(folder: string, files: NagiosFiles): Promise<Comparison> {
  const main = writeNagiosFiles(folder, files)
  const [nagios, reading] = await Promise.all([nagiosVerdict(main), readNagios(main)])
  if (nagios.kind === 'crashed') return { kind: 'peer-crashed' }
  const ours = reading.problems.map(renderProblem).join('\n')
  if (nagios.kind === 'refused' && ours !== '') return { kind: 'refused' }
  if (nagios.kind === 'refused' || ours !== '') {
    const departure =
      nagios.kind === 'accepted'
        ? refusedOnPurpose(reading.problems)
        : DEPARTURES.find(({ leniency }) => leniency?.test(nagios.printed))
    if (departure !== undefined) return { kind: 'departed', departure }
    return {
      kind: 'verdicts-differ',
      nagios: nagios.kind === 'accepted' ? 'accepts it' : `refuses it: ${faultOf(nagios.printed)}`,
      ours: ours === '' ? 'we accept it' : `we refuse it: ${ours.slice(0, 1000)}`,
    }
  }
  const differences = differencesOf(
    onceEach(nagios.objects),
    onceEach(objectsAsNagios(reading) as CachedObjects),
  )
  if (differences.length > 0) return { kind: 'objects-differ', differences }
  const objects = Object.values(nagios.objects).reduce((sum, list) => sum + list.length, 0)
  return { kind: 'accepted', objects }
}

/** When that is so of every problem, or the others follow from one. */
function refusedOnPurpose(problems: readonly Problem[]): Departure | undefined {
  const departures = problems.map((problem) =>
    DEPARTURES.find(({ refusal }) => refusal?.test(renderProblem(problem))),
  )
  const leading = departures.find((departure) => departure?.hasFollowers === true)
  return leading ?? (departures.includes(undefined) ? undefined : departures[0])
}

const faultOf = (printed: string): string =>
  printed
    .split('\n')
    .filter((line) => line.startsWith('Error'))
    .slice(0, 3)
    .join('\n') || printed.slice(-500)

export const isFault = ({ kind }: Comparison): boolean =>
  kind === 'verdicts-differ' || kind === 'objects-differ'

/** Two comparisons with one sign may well have one cause. */
function signOf(comparison: Comparison): string {
  if (comparison.kind === 'verdicts-differ')
    return comparison.nagios.split(' ', 1)[0] ?? comparison.kind
  if (comparison.kind !== 'objects-differ') return comparison.kind
  const what = comparison.differences[0]?.what ?? ''
  return `${what.split(' ', 1)[0]}${what.slice(what.lastIndexOf(': '))}`
}

/** The fault in the smallest files that still show it, which stay in `folder`. */
export async function explainFault(folder: string, files: NagiosFiles): Promise<string> {
  const first = await compareBeside(folder, files)
  const smallest = await reduceFiles(
    files,
    async (fewer) => signOf(await compareBeside(folder, fewer)) === signOf(first),
  )
  const comparison = await compareBeside(folder, smallest)
  const said =
    comparison.kind === 'objects-differ'
      ? comparison.differences
          .slice(0, 5)
          .map(
            ({ what, nagios, ours }) =>
              `${what}\n  nagios: ${JSON.stringify(nagios)}\n  ours:   ${JSON.stringify(ours)}`,
          )
          .join('\n')
      : JSON.stringify(comparison, undefined, 1)
  const texts = smallest.files.map(([, text]) => text).join('\n')
  return `${said}\nfiles are kept in ${folder}\n${texts}`
}
