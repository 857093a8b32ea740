/** What a program tells the process that watches over it (bin/watchdog.js), about once a second. */
export interface Pulse {
  readonly phase: 'starting' | 'running' | 'stopping'
  /** A part that makes no progress: the program wants to be ended and started again. */
  readonly stuck?: string
}

/**
 * The way to the watchdog; it goes nowhere where nobody watches. While one pulse is on its way only the newest waits: a watchdog that does
 * not read fills no memory.
 */
export function openWatchdogLine(): (pulse: Pulse) => void {
  let isFree = true
  let waiting: Pulse | undefined
  const send = (pulse: Pulse): void => {
    if (process.send === undefined || !process.connected) return
    if (!isFree) {
      waiting = pulse
      return
    }
    isFree = false
    process.send({ kind: 'pulse', ...pulse }, undefined, undefined, () => {
      isFree = true
      const next = waiting
      waiting = undefined
      if (next !== undefined) send(next)
    })
  }
  return send
}
