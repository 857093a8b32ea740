import { getHeapStatistics } from 'node:v8'
import { machineFigures, type MachineFigures } from '../../adapters/system/machine.ts'
import type { Clock } from '../../base/clock.ts'
import { gauge, type Metric } from '../../base/metrics.ts'
import { watchLoopLag } from './loop-lag.ts'
import type { Undoing } from '../undoing.ts'

/** The machine is asked at most so often. */
const FIGURES_MS = 5_000

/** What every program knows of itself and its machine, beside what each process shows to Prometheus. */
export function startProgramMetrics(
  data: string,
  clock: Clock,
  undoing: Undoing,
): readonly Metric[] {
  const lag = watchLoopLag(clock)
  undoing.add(() => lag.close())
  let figures: MachineFigures | undefined
  let askedMs = Number.NEGATIVE_INFINITY
  const of = (pick: (figures: MachineFigures) => number) => (): number => {
    const nowMs = clock.monotonicMs()
    if (figures === undefined || nowMs - askedMs > FIGURES_MS) {
      figures = machineFigures(data)
      askedMs = nowMs
    }
    return pick(figures)
  }
  return [
    gauge(
      'parallax_event_loop_lag_seconds',
      'How late the event loop was at most in the last minute.',
      () => lag.worstMs / 1000,
    ),
    gauge(
      'nodejs_heap_limit_bytes',
      'Size at which the JavaScript heap ends the process.',
      () => getHeapStatistics().heap_size_limit,
    ),
    gauge(
      'parallax_machine_load_per_cpu_ratio',
      'Load of the last minute for each processor.',
      of(({ loadPerCpu }) => loadPerCpu),
    ),
    gauge(
      'parallax_machine_memory_bytes',
      'Memory of the machine.',
      of(({ memoryBytes }) => memoryBytes),
    ),
    gauge(
      'parallax_machine_memory_available_bytes',
      'Memory of the machine that programs can still get.',
      of(({ memoryAvailableBytes }) => memoryAvailableBytes),
    ),
    gauge(
      'parallax_machine_disk_bytes',
      'Size of the file system of the data folder.',
      of(({ diskBytes }) => diskBytes),
    ),
    gauge(
      'parallax_machine_disk_free_bytes',
      'Room on the file system of the data folder.',
      of(({ diskFreeBytes }) => diskFreeBytes),
    ),
  ]
}
