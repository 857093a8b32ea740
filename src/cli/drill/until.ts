import process from 'node:process'
import type { Clock } from '../../base/clock.ts'
import { CommandFailed, EXIT } from '../exit.ts'
import type { Terminal } from '../terminal.ts'
import { seconds } from './limits.ts'

/** Waits, and shows for what: a line that changes on a terminal, a line for each thing elsewhere. */
export interface Until {
  /** `undefined` when it did not happen in time. */
  may<T>(what: string, find: () => Promise<T | undefined>): Promise<T | undefined>
  /** @throws CommandFailed when it did not happen in time */
  must<T>(what: string, find: () => Promise<T | undefined>): Promise<T>
  pause(what: string, ms: number): Promise<void>
}

const LOOK_EVERY_MS = 250

export function createUntil(
  clock: Clock,
  terminal: Terminal,
  { withinMs, signal }: { readonly withinMs: number; readonly signal: AbortSignal },
): Until {
  const isLine = process.stderr.isTTY && terminal.isInteractive
  const show = (what: string, sinceMs: number, isFirst: boolean): void => {
    if (isLine) process.stderr.write(`\r\x1b[K${what}: ${seconds(sinceMs)}`)
    else if (isFirst) terminal.say(`${what} ...`)
  }
  const wait = async <T>(
    what: string,
    ms: number,
    find: () => Promise<T | undefined>,
  ): Promise<T | undefined> => {
    const began = clock.monotonicMs()
    try {
      for (let isFirst = true; ; isFirst = false) {
        const sinceMs = clock.monotonicMs() - began
        show(what, sinceMs, isFirst)
        const found = await find()
        if (found !== undefined || sinceMs >= ms) return found
        await clock.sleep(Math.min(LOOK_EVERY_MS, Math.max(1, ms - sinceMs)), signal)
        if (signal.aborted) throw new CommandFailed(EXIT.failed, 'the drill was broken off')
      }
    } finally {
      if (isLine) process.stderr.write('\r\x1b[K')
    }
  }
  return {
    may: (what, find) => wait(what, withinMs, find),
    async must(what, find) {
      const found = await wait(what, withinMs, find)
      if (found !== undefined) return found
      throw new CommandFailed(
        EXIT.failed,
        `waited ${seconds(withinMs)} in vain: ${what}`,
        'give it more time with --within',
      )
    },
    async pause(what, ms) {
      await wait(what, ms, () => Promise.resolve(undefined))
    },
  }
}
