import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import {
  compareBeside,
  explainFault,
  isFault,
  type Comparison,
} from '../nagios-generator/beside.ts'
import { configurations, filesOf } from '../nagios-generator/configurations.ts'
import {
  nagiosVerdict,
  writeNagiosFiles,
  type NagiosFiles,
} from '../nagios-generator/nagios-verdict.ts'
import { differencesOf, type CachedObjects } from '../nagios-generator/object-cache.ts'
import { wrongFiles } from '../nagios-generator/wrong.ts'

/** Seeds of the configurations; NAGIOS_SEEDS=17,18,19 runs others, each with as many configurations. */
const SEEDS = (process.env['NAGIOS_SEEDS'] ?? '1,2,3,4').split(',').map(Number)
const CONFIGURATIONS = 150
const WRONG_ONES = 100
/** At least so many are accepted, with everything in them compared: more than 200 in all. */
const ACCEPTED_SHARE = 0.4
const AT_ONCE = 4

const folder = mkdtempSync(join(tmpdir(), 'parallax-nagios-'))
let isKept = false
afterAll(() => {
  if (!isKept) rmSync(folder, { recursive: true, force: true })
})

/** Compares all of them, several at once; a fault is made small and its files stay. */
async function compareAll(
  name: string,
  all: readonly NagiosFiles[],
): Promise<readonly Comparison[]> {
  const compared: Comparison[] = []
  for (let at = 0; at < all.length; at += AT_ONCE) {
    const places = all.slice(at, at + AT_ONCE).map((files, n) => ({
      place: join(folder, `${name}-${at + n}`),
      files,
    }))
    const results = await Promise.all(places.map(({ place, files }) => compareBeside(place, files)))
    for (const [index, result] of results.entries()) {
      const { place, files } = places[index] as (typeof places)[number]
      if (isFault(result)) {
        isKept = true
        expect.fail(await explainFault(place, files))
      }
      rmSync(place, { recursive: true, force: true })
    }
    compared.push(...results)
  }
  return compared
}

const countOf = (all: readonly Comparison[], kind: Comparison['kind']): number =>
  all.filter((one) => one.kind === kind).length

describe.each(SEEDS)('beside nagios4, seed %i', (seed) => {
  test(`[NB1] [NB2] ${CONFIGURATIONS} generated configurations are accepted alike, and every object is the same`, async () => {
    const drawn = fc.sample(configurations, { seed, numRuns: CONFIGURATIONS }).map(filesOf)
    const compared = await compareAll(`seed-${seed}`, drawn)
    expect(countOf(compared, 'accepted')).toBeGreaterThan(CONFIGURATIONS * ACCEPTED_SHARE)
  })

  test(`[NB1] [NB3] ${WRONG_ONES} configurations with faults are refused alike`, async () => {
    const compared = await compareAll(
      `wrong-${seed}`,
      fc.sample(wrongFiles, { seed, numRuns: WRONG_ONES }),
    )
    expect(countOf(compared, 'refused')).toBeGreaterThan(WRONG_ONES / 3)
  })
})

/** The generator's own reader of what Nagios writes, beside what was recorded. */
test.each(['small', 'tricky', 'medium'])(
  'nagios4 still says what was recorded: %s',
  async (set) => {
    const from = join(import.meta.dirname, '../fixtures/nagios', set)
    const files = readdirSync(from)
      .filter((name) => name.endsWith('.cfg'))
      .sort()
      .map((name) => [name, readFileSync(join(from, name), 'utf8')] as const)
    const { objects } = JSON.parse(readFileSync(join(from, 'expected.json'), 'utf8')) as {
      readonly objects: CachedObjects
    }
    const verdict = await nagiosVerdict(
      writeNagiosFiles(join(folder, set), { settings: [], files }),
    )
    expect(verdict.kind).toBe('accepted')
    expect(verdict.kind === 'accepted' ? differencesOf(verdict.objects, objects) : []).toEqual([])
  },
)
