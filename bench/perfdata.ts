import { parsePerfdata } from '../src/domain/perfdata.ts'
import { createReport, median } from './report.ts'

/** Items of performance data read per second on one core: `node bench/perfdata.ts`. */
const TEXTS = [
  'load1=0.010;5.000;9.000;0; load5=0.060;5.000;9.000;0; load15=2.010;5.000;9.000;0; procs=212;250;400;0;',
  '/=2643MB;5948;5958;0;5968 /boot=68MB;88;93;0;98 /home=69357MB;253404;253409;0;253414 /var=818MB;970;975;0;980',
  "rta=0.025ms;100.000;500.000;0; pl=0%;20;60;; 'Total 5m'=1%;80;90 time=0.000912s;;;0.000000;10.000000",
]
const ITEMS = TEXTS.length * 4
const ROUNDS = 100_000

const report = createReport('perfdata')
const rates: number[] = []
for (let sample = 0; sample < 5; sample++) {
  const began = performance.now()
  let items = 0
  for (let round = 0; round < ROUNDS; round++) {
    for (const text of TEXTS) items += parsePerfdata(text).length
  }
  if (items !== ROUNDS * ITEMS) throw new Error(`read ${items} items`)
  rates.push(items / ((performance.now() - began) / 1000))
}
report.result('items_per_s', median(rates), '/s')
report.result('us_per_item', 1e6 / median(rates), 'us')
