import type { Log } from '../base/log.ts'
import { BusUnavailable, type Bus } from '../wire/bus.ts'
import { watermark, type Watermark } from '../wire/subjects.ts'

/**
 * Tells collectors what is durable, without making anybody wait for them. Of each boot only the newest mark is kept while one is on
 * its way. A mark that gets lost is no harm: the results come again and are answered then.
 */
export interface WatermarkAnnouncer {
  tell(watermarks: readonly Watermark[]): void
  /** Resolves once everything told so far has left. Rejects on a bug of a taker. */
  settled(): Promise<void>
}

export function createWatermarkAnnouncer(
  hub: string,
  bus: Bus,
  log: Log,
  crash: (error: unknown) => void,
): WatermarkAnnouncer {
  const waiting = new Map<string, Watermark>()
  let sending: Promise<void> | undefined
  let isCutOff = false

  const send = async (): Promise<void> => {
    for (const [name, mark] of waiting) {
      waiting.delete(name)
      try {
        const { version, collector, boot, seq } = mark
        await bus.publish(watermark(hub, collector), { version, hub, collector, boot, seq })
        isCutOff = false
      } catch (error) {
        if (!(error instanceof BusUnavailable)) return crash(error)
        if (!isCutOff)
          log.warn('collectors cannot be told what is stored', { cause: error.message })
        isCutOff = true
      }
    }
  }
  return {
    tell(watermarks) {
      for (const mark of watermarks) waiting.set(nameOfBoot(mark), mark)
      if (waiting.size === 0) return
      sending ??= send().finally(() => {
        sending = undefined
      })
    },
    async settled() {
      await sending
    },
  }
}

export function nameOfBoot({ collector, boot }: Pick<Watermark, 'collector' | 'boot'>): string {
  return `${collector} ${boot}`
}
