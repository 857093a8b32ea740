import type { ServerResponse } from 'node:http'
import type { Clock } from '../../base/clock.ts'
import type { Caller } from '../auth/caller.ts'
import type { Feed } from './feed.ts'
import {
  GZIP_START,
  HEARTBEAT,
  helloFrame,
  resetFrame,
  zip,
  type EncodedEvent,
  type StreamKind,
  type StreamPosition,
} from './event.ts'

/** The open streams. A reader that does not keep up is told `reset` when it breathes again; nothing piles up for it. */
export interface Readers {
  readonly size: number
  /** How often a slow reader lost events. */
  readonly resets: number
  /** What waits in our memory for readers to take it. */
  readonly unsentBytes: number
  /** False when there are `READERS_MAX` already. The head of the answer has been written. */
  open(response: ServerResponse, wish: StreamWish): boolean
  /** Ends the streams of a credential that was revoked. */
  end(callerKey: string): void
  close(): void
}

export interface StreamWish {
  readonly caller: Caller
  readonly isZipped: boolean
  /** `undefined`: all. */
  readonly kinds: ReadonlySet<StreamKind> | undefined
  readonly from: StreamPosition | undefined
  /** Calls back when the caller's credential no longer holds; asked at each heartbeat. */
  readonly isStillValid: () => Promise<boolean>
}

export const READERS_MAX = 2000
export const HEARTBEAT_MS = 15_000
/** Unsent bytes of one reader, in our memory, before it counts as slow. */
export const UNSENT_BYTES_MAX = 1024 * 1024

interface Reader {
  readonly response: ServerResponse
  readonly wish: StreamWish
  /** Bytes waited for it at that many heartbeats in a row. */
  silentBeats: number
  isBehind: boolean
}

export function createReaders(feed: Feed, clock: Clock): Readers {
  const readers = new Set<Reader>()
  let resets = 0
  let unfollow: (() => void) | undefined
  let cancelBeat: (() => void) | undefined

  const forget = (reader: Reader): void => {
    readers.delete(reader)
    if (readers.size > 0) return
    unfollow?.()
    cancelBeat?.()
    unfollow = undefined
    cancelBeat = undefined
  }
  const end = (reader: Reader): void => {
    forget(reader)
    reader.response.end()
  }
  const take = (events: readonly EncodedEvent[]): void => {
    for (const reader of readers) {
      if (isKeepingUp(reader)) sendEvents(reader, events)
    }
  }
  const beat = (): void => {
    for (const reader of readers) {
      if (isDead(reader)) {
        forget(reader)
        reader.response.destroy()
        continue
      }
      if (!reader.isBehind)
        reader.response.write(reader.wish.isZipped ? HEARTBEAT_ZIPPED : HEARTBEAT)
      endWhenInvalid(reader, end)
    }
    cancelBeat = readers.size === 0 ? undefined : clock.timer(HEARTBEAT_MS, beat)
  }
  return {
    get size() {
      return readers.size
    },
    get resets() {
      return resets
    },
    get unsentBytes() {
      return [...readers].reduce((sum, { response }) => sum + response.writableLength, 0)
    },
    open(response, wish) {
      if (readers.size >= READERS_MAX) return false
      const reader: Reader = { response, wish, silentBeats: 0, isBehind: false }
      unfollow ??= feed.follow(take)
      cancelBeat ??= clock.timer(HEARTBEAT_MS, beat)
      response.on('drain', () => (resets += catchUp(reader, feed)))
      response.on('close', () => forget(reader))
      response.on('error', () => forget(reader))
      greet(reader, feed, clock)
      readers.add(reader)
      return true
    },
    end(callerKey) {
      for (const reader of readers) if (reader.wish.caller.key === callerKey) end(reader)
    },
    close() {
      for (const reader of readers) end(reader)
    },
  }
}

/** @returns how many resets it told: 1 for a reader that was behind */
function catchUp(reader: Reader, feed: Feed): 0 | 1 {
  if (!reader.isBehind) return 0
  reader.isBehind = false
  write(reader, resetFrame('slow-reader', feed.position()))
  return 1
}

const HEARTBEAT_ZIPPED = zip(HEARTBEAT)
/** A reader whose bytes wait at so many heartbeats in a row is gone. */
const SILENT_BEATS_MAX = 4

function isDead(reader: Reader): boolean {
  reader.silentBeats = reader.response.writableLength > 0 ? reader.silentBeats + 1 : 0
  return reader.silentBeats >= SILENT_BEATS_MAX
}

/** A database that is away says nothing about the credential. */
function endWhenInvalid(reader: Reader, end: (reader: Reader) => void): void {
  const judge = async (): Promise<void> => {
    if (!(await reader.wish.isStillValid())) end(reader)
  }
  judge().catch(() => undefined)
}

/** Hello, then what was missed or `reset`. */
function greet(reader: Reader, feed: Feed, clock: Clock): void {
  const { from, isZipped } = reader.wish
  if (isZipped) reader.response.write(GZIP_START)
  const missed = from === undefined ? undefined : feed.since(from)
  const position = feed.position()
  const hasMissed = missed?.kind === 'events' && missed.events.length > 0
  write(reader, helloFrame(position, clock.now(), !hasMissed))
  if (missed?.kind === 'reset') write(reader, resetFrame(missed.reason, position))
  if (missed?.kind === 'events') sendEvents(reader, missed.events)
}

function isKeepingUp(reader: Reader): boolean {
  if (!reader.isBehind && reader.response.writableLength > UNSENT_BYTES_MAX) reader.isBehind = true
  return !reader.isBehind
}

function write(reader: Reader, plain: Buffer): void {
  reader.response.write(reader.wish.isZipped ? zip(plain) : plain)
}

function sendEvents({ response, wish }: Reader, events: readonly EncodedEvent[]): void {
  response.cork()
  for (const event of events) {
    if (wish.kinds !== undefined && !wish.kinds.has(event.kind)) continue
    response.write(wish.isZipped ? event.zipped() : event.plain)
  }
  response.uncork()
}
