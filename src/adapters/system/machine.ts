import { readFileSync, statfsSync } from 'node:fs'
import { availableParallelism, freemem, loadavg, totalmem } from 'node:os'

/** How the machine is doing, as far as it says. */
export interface MachineFigures {
  /** Of the last minute. */
  readonly loadPerCpu: number
  readonly memoryBytes: number
  /** What programs can still get, caches included. */
  readonly memoryAvailableBytes: number
  /** Of the file system of the folder; `NaN` where it does not answer. */
  readonly diskBytes: number
  readonly diskFreeBytes: number
}

/** @param folder on the file system that counts */
export function machineFigures(folder: string): MachineFigures {
  return {
    loadPerCpu: (loadavg()[0] ?? 0) / availableParallelism(),
    memoryBytes: totalmem(),
    memoryAvailableBytes: memoryAvailable(),
    ...diskOf(folder),
  }
}

/** Linux says it; elsewhere what is free is the best there is. */
function memoryAvailable(): number {
  try {
    const found = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))
    return found === null ? freemem() : Number(found[1]) * 1024
  } catch {
    return freemem()
  }
}

function diskOf(folder: string): Pick<MachineFigures, 'diskBytes' | 'diskFreeBytes'> {
  try {
    const { bsize, blocks, bavail } = statfsSync(folder)
    return { diskBytes: bsize * blocks, diskFreeBytes: bsize * bavail }
  } catch {
    return { diskBytes: Number.NaN, diskFreeBytes: Number.NaN }
  }
}
