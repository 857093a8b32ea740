import { parseArgs } from 'node:util'
import { GAP_MAX_MS, soak } from './soak.ts'

/** `node test/soak/main.ts --minutes 10 --seed 1`: ends with 1 when anything was lost, doubled, different or late. */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
  },
})
const [minutes, seed] = [Number(values.minutes), Number(values.seed)]
if (!(minutes > 0) || !Number.isInteger(seed)) {
  process.stderr.write('write --minutes N and --seed N\n')
  process.exit(2)
}
const say = (text: string): void => void process.stderr.write(`${text}\n`)
const report = await soak({ seed, ms: minutes * 60_000, say })
for (const [name, value] of Object.entries(report)) process.stdout.write(`${name}=${value}\n`)
const { different, doubled, lost, statesDifferent, worstGapMs } = report
const isFine = different + doubled + lost + statesDifferent === 0 && worstGapMs <= GAP_MAX_MS
process.exit(isFine ? 0 : 1)
