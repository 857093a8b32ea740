import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runCampaign, type CampaignReport } from './campaign.ts'
import { createInputs } from './inputs.ts'

/**
 * `node test/fuzz/main.ts --inputs 1000000 --jobs 2 --seed 1`: mutants of every configuration of the repository, read as the program
 * does. Ends with 1 when something crashed, hung or ran out of memory; each such input is written to a file.
 */
const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '100000' },
    jobs: { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
  },
})

function positive(name: 'inputs' | 'jobs' | 'seed', max: number): number {
  const value = Number(values[name])
  if (Number.isInteger(value) && value >= 1 && value <= max) return value
  process.stderr.write(`--${name}: write a number from 1 to ${max}\n`)
  process.exit(2)
}

const seedNumber = positive('seed', 2 ** 31)
const inputAt = createInputs(seedNumber)
let told = 0
const report = await runCampaign({
  seedNumber,
  inputAt,
  count: positive('inputs', 1_000_000_000),
  jobs: positive('jobs', 64),
  onProgress: (done) => {
    if (done - told < 50_000) return
    told = done
    process.stderr.write(`${done} inputs\n`)
  },
})
print(report)
process.exit(report.findings.length === 0 ? 0 : 1)

function print({ inputs, seconds, slowest, byLanguage, ...rest }: CampaignReport): void {
  const worst = slowest.index === -1 ? undefined : inputAt(slowest.index)
  const share = (name: 'yaml' | 'nagios'): string =>
    `${name}: ${byLanguage[name].count} inputs, ${(byLanguage[name].ms / Math.max(1, byLanguage[name].count)).toFixed(3)} ms each`
  const lines = [
    `inputs=${inputs} seconds=${seconds.toFixed(1)} findings=${rest.findings.length}`,
    `slowest_ms=${slowest.ms.toFixed(1)} (input ${slowest.index}, ${worst?.text.length} letters, from ${worst?.from})`,
    `heap_mb_max=${rest.heapMbMax.toFixed(0)} rss_mb_max=${rest.rssMbMax.toFixed(0)}`,
    share('yaml'),
    share('nagios'),
  ]
  for (const { kind, index, said, from, text } of rest.findings) {
    const file = join(tmpdir(), `parallax-fuzz-${seedNumber}-${index}.txt`)
    writeFileSync(file, text)
    lines.push(`${kind} at input ${index} (from ${from}): ${said}\n  kept in ${file}`)
  }
  process.stdout.write(`${lines.join('\n')}\n`)
}
