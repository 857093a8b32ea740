import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fixtureFiles, fixtureFolder } from '../../../test/fixture-files.ts'
import { renderProblem } from '../problem.ts'
import { objectsAsNagios } from './as-nagios.ts'
import { readNagios, readNagiosTexts } from './read.ts'

interface Recorded {
  readonly objects: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>
  readonly verify: { readonly warnings: readonly string[] }
}

/** What Nagios says, in our words: those warnings whose meaning is ours too. */
const WARNINGS: readonly (readonly [nagios: RegExp, ours: RegExp])[] = [
  [/(\S+) attribute is deprecated/, /is deprecated/],
  [/Extinfo objects are deprecated/, /extinfo is deprecated/],
  [/Duplicate definition found/, /is defined twice/],
  [/notification interval less than its check interval/, /told of more often/],
  [/has no default contacts/, /has no contacts/],
  [/has no service notification time period/, /has no service_notification_period/],
]

const inOrder = (objects: readonly unknown[]): readonly string[] =>
  objects.map((object) => sortedText(object)).sort()

function sortedText(object: unknown): string {
  const entries = Object.entries(object as object).sort(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify(Object.fromEntries(entries))
}

describe.each(fixtureFiles<Recorded>('objects'))('$path', ({ path, content }) => {
  const folder = dirname(join(fixtureFolder, path))

  test('[NG36] every object is the one that Nagios wrote', async () => {
    const reading = await readNagios(folder)
    expect(reading.problems.map(renderProblem)).toEqual([])
    const ours = objectsAsNagios(reading)
    expect(Object.keys(ours).sort()).toEqual(Object.keys(content.objects).sort())
    for (const [type, theirs] of Object.entries(content.objects)) {
      expect(inOrder(ours[type] ?? []), type).toEqual(inOrder(theirs))
    }
  })

  test('[NG43] what Nagios warns of is warned of', async () => {
    const ours = (await readNagios(folder)).warnings.map(renderProblem)
    const theirs = content.verify.warnings
    for (const [nagios, our] of WARNINGS) {
      const [expected, found] = [
        theirs.filter((text) => nagios.test(text)),
        ours.filter((text) => our.test(text)),
      ]
      const deprecated = nagios.source.includes('attribute') ? found.filter(isAttribute) : found
      expect(deprecated.length, nagios.source).toBe(expected.length)
    }
    expect(ours.length).toBe(theirs.length)
  })
})

const isAttribute = (text: string): boolean => text.includes("' is deprecated")

interface Verdicts {
  readonly base: string
  readonly cases: readonly {
    readonly name: string
    readonly definitions: string
    readonly accepted: boolean
  }[]
}

/** What we refuse although Nagios accepts it, or the other way round: nothing of what is recorded. */
const DEPARTURES: readonly string[] = []

describe.each(fixtureFiles<Verdicts>('base'))('$path', ({ content }) => {
  test.each(content.cases)('[NG45] $name', ({ name, definitions, accepted }) => {
    const { problems } = readNagiosTexts([
      { file: 'base.cfg', text: content.base },
      { file: 'case.cfg', text: `${definitions}\n` },
    ])
    expect(problems.length === 0, problems.map(renderProblem).join('\n')).toBe(
      DEPARTURES.includes(name) ? !accepted : accepted,
    )
    for (const { file, line, column } of problems) {
      expect(file).toBe('case.cfg')
      expect(line).toBeGreaterThanOrEqual(1)
      expect(line).toBeLessThanOrEqual(definitions.split('\n').length + 1)
      expect(column).toBeGreaterThanOrEqual(1)
    }
  })
})
