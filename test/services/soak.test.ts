import { expect, test } from 'vitest'
import { GAP_MAX_MS, soak } from '../soak/soak.ts'

/** `npm run soak` goes on for ten minutes and longer, with any seed. */
const MS = 90_000

test(
  'random faults for a while: both hubs have the same in the end, nothing is lost or doubled, no check waited long',
  async () => {
    const report = await soak({ seed: 20_261_123, ms: MS, say: () => undefined })
    expect(report).toMatchObject({ different: 0, doubled: 0, lost: 0, statesDifferent: 0 })
    expect(report.worstGapMs, report.worstGapOf).toBeLessThanOrEqual(GAP_MAX_MS)
    expect(report.executions).toBeGreaterThan(300)
  },
  MS + 300_000,
)
