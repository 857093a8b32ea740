import { instant } from '../src/base/instant.ts'
import { createFleetIndex } from '../src/results/fleet-index.ts'
import { createHubCore } from '../src/results/hub-core.ts'
import { createWatermarks } from '../src/results/watermarks.ts'
import { DEFAULT_DECISION } from '../src/results/decision/decide.ts'
import { NAGIOS_PASSIVE_HOSTS } from '../src/results/state/host-transition.ts'
import type { CheckResult } from '../src/domain/check-result.ts'
import { fleetOf } from '../test/fleet-of.ts'

/** Results per second through decision, state machine, live index and effects: one core, no store, no bus. */
const HOSTS = 1_000
const SERVICES_PER_HOST = 50
const BATCH = 500
const ROUNDS = 12
const START = 1_800_000_000_000

const fleet = fleetOf({ hosts: HOSTS, servicesPerHost: SERVICES_PER_HOST })
const ids = [...fleet.services.keys()]

function round(number: number, perfdata: string): CheckResult[][] {
  const results = ids.map((checkId, index): CheckResult => {
    const at = instant(START + number * 60_000 + index)
    return {
      collector: 'bench',
      boot: 'b',
      seq: number * ids.length + index + 1,
      checkId,
      origin: 'scheduled',
      dueAt: at,
      startedAt: at,
      finishedAt: at,
      outcome: {
        kind: 'exited',
        code: (index + number) % 50 === 0 ? 2 : 0,
        output: 'OK - everything is fine here',
        longOutput: '',
        perfdata,
      },
    }
  })
  return Array.from({ length: results.length / BATCH }, (_, i) =>
    results.slice(i * BATCH, (i + 1) * BATCH),
  )
}

function arrivalOf(results: readonly CheckResult[]) {
  return { collector: results[0]?.collector ?? '', results, lost: [], isSetAside: false }
}

/** The median of the rounds, the first two left out to warm up. */
function measure(perfdata: string): number {
  const index = createFleetIndex(fleet, instant(START))
  const core = createHubCore({
    index,
    watermarks: createWatermarks([]),
    decision: DEFAULT_DECISION,
    passiveHosts: NAGIOS_PASSIVE_HOSTS,
  })
  const rates: number[] = []
  for (let number = 0; number < ROUNDS; number++) {
    const batches = round(number, perfdata)
    const now = instant(START + (number + 1) * 60_000)
    const from = performance.now()
    let kept = 0
    for (const batch of batches) kept += core.step(arrivalOf(batch), now).effects.history.length
    if (kept !== ids.length) throw new Error(`${kept} of ${ids.length} results were kept`)
    rates.push((ids.length * 1000) / (performance.now() - from))
    process.stderr.write(`round ${number + 1} of ${ROUNDS}: ${Math.round(rates.at(-1) ?? 0)} /s\n`)
  }
  const steady = rates.slice(2).sort((a, b) => a - b)
  return Math.round(steady[Math.floor(steady.length / 2)] ?? 0)
}

function indexBytes(): number {
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  const index = createFleetIndex(fleet, instant(START))
  const core = createHubCore({
    index,
    watermarks: createWatermarks([]),
    decision: DEFAULT_DECISION,
    passiveHosts: NAGIOS_PASSIVE_HOSTS,
  })
  for (const batch of round(0, '')) core.step(arrivalOf(batch), instant(START))
  globalThis.gc?.()
  const bytes = process.memoryUsage().heapUsed - before
  if (index.get(ids[0] as CheckResult['checkId']) === undefined)
    throw new Error('the index is empty')
  return bytes
}

if (globalThis.gc !== undefined) {
  console.log(`RESULT results-core.index_mb_50k=${(indexBytes() / 1e6).toFixed(1)} MB`)
}
console.log(`RESULT results-core.results_per_s=${measure('')} /s`)
console.log(
  `RESULT results-core.results_per_s_with_perfdata=${measure('time=0.012s;1;2;0;10 size=1234B;;;0 load1=0.15;5;10;0; users=3;20;50;0')} /s`,
)
