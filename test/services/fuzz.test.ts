import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runCampaign } from '../fuzz/campaign.ts'
import { createInputs } from '../fuzz/inputs.ts'
import type { Language } from '../fuzz/seeds.ts'
import { readMutant } from '../fuzz/targets.ts'

/** A share of what `node test/fuzz/main.ts --inputs 1000000` does; another seed than there gives other inputs. */
const INPUTS = Number(process.env['FUZZ_INPUTS'] ?? 16_000)
const SEED = Number(process.env['FUZZ_SEED'] ?? 3)

/** An input that takes longer would let a reader be held up by what it reads. */
const SLOW_MS = 5000

test('[FZ1] [FZ2] [FZ3] mutants of every configuration are read without crash, hang or much memory', async () => {
  const inputAt = createInputs(SEED)
  const report = await runCampaign({ seedNumber: SEED, count: INPUTS, jobs: 2, inputAt })
  const told = report.findings.map(
    ({ kind, index, said, text }) => `${kind}, input ${index} of seed ${SEED}: ${said}\n${text}`,
  )
  expect(told).toEqual([])
  expect(report.inputs).toBe(INPUTS)
  expect(report.slowest.ms, `input ${report.slowest.index}`).toBeLessThan(SLOW_MS)
})

/** Inputs that once made a reader fail, or might: `<what is wrong with it>.yaml.txt` or `.cfg.txt`. */
const REGRESSIONS = join(import.meta.dirname, '..', 'fuzz', 'regressions')

test.each(readdirSync(REGRESSIONS))('[FZ1] what once failed is read: %s', (name) => {
  const language: Language = name.endsWith('.cfg.txt') ? 'nagios' : 'yaml'
  const began = performance.now()
  readMutant(language, readFileSync(join(REGRESSIONS, name), 'utf8'))
  expect(performance.now() - began).toBeLessThan(SLOW_MS)
})
