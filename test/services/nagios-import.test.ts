import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { compile } from '../../src/configuration/compile.ts'
import { importNagios } from '../../src/configuration/from-nagios/import.ts'
import { renderProblem } from '../../src/configuration/problem.ts'
import { readSecretFile, readSources } from '../../src/configuration/read-sources.ts'
import { revisionOf } from '../../src/configuration/revision.ts'
import { configurations, filesOf } from '../nagios-generator/configurations.ts'
import { writeNagiosFiles } from '../nagios-generator/nagios-verdict.ts'

/** NAGIOS_SEEDS=17,18 runs others. */
const SEEDS = (process.env['NAGIOS_SEEDS'] ?? '1,2').split(',').map(Number)
const CONFIGURATIONS = 150

test.each(SEEDS)(
  `[NF1] ${CONFIGURATIONS} generated configurations, seed %i: their import compiles to the revision of the files`,
  async (seed) => {
    const folder = mkdtempSync(join(tmpdir(), 'parallax-import-'))
    let compared = 0
    try {
      const drawn = fc.sample(configurations, { seed, numRuns: CONFIGURATIONS }).map(filesOf)
      for (const [index, files] of drawn.entries()) {
        const main = writeNagiosFiles(join(folder, String(index)), files)
        const imported = await importNagios(main)
        if (imported.problems.length > 0) continue
        const { sources } = await readSources(main)
        const direct = compile(sources, { readSecret: readSecretFile })
        const back = compile([{ file: 'imported.yaml', text: imported.text }])
        const told = `seed ${seed}, configuration ${index}`
        expect([...direct.problems, ...back.problems].map(renderProblem), told).toEqual([])
        expect(revisionOf(back.fleet), told).toBe(revisionOf(direct.fleet))
        compared++
      }
      // The others are refused, as Nagios refuses them.
      expect(compared).toBeGreaterThan(CONFIGURATIONS / 3)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
  60_000,
)
