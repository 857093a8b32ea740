import { lookup, type LookupAddress, type LookupOptions } from 'node:dns'
import type { Clock } from '../../../base/clock.ts'

/** Fits `net.connect({ lookup })`. */
export type Lookup = (
  name: string,
  options: LookupOptions,
  done: (
    error: NodeJS.ErrnoException | null,
    addresses: string | LookupAddress[],
    family?: number,
  ) => void,
) => void

interface Entry {
  addresses: readonly LookupAddress[]
  expiresAtMs: number
  /** Present while a question is open. */
  waiting: ((error: NodeJS.ErrnoException | null, found: readonly LookupAddress[]) => void)[] | null
}

const FRESH_MS = 30_000
const NAMES_MAX = 20_000
/** The system resolver blocks a thread of the pool (there are four) for as long as a name server is silent. */
const OPEN_MAX = 2

/**
 * The system's own resolution of names (hosts file, search list), each answer kept for 30 s, asked at most twice at a time and
 * once per name. Failures are not kept. `done` never runs before the call has returned.
 */
export function createNameResolver(clock: Clock): Lookup {
  const entries = new Map<string, Entry>()
  const queue: string[] = []
  let open = 0

  const ask = (name: string, entry: Entry): void => {
    open++
    lookup(name, { all: true, verbatim: true }, (error, addresses) => {
      open--
      const waiting = entry.waiting ?? []
      entry.waiting = null
      if (error === null) {
        entry.addresses = addresses
        entry.expiresAtMs = clock.monotonicMs() + FRESH_MS
      } else {
        entries.delete(name)
      }
      askNext()
      for (const tell of waiting) tell(error, error === null ? addresses : [])
    })
  }
  const askNext = (): void => {
    const name = open < OPEN_MAX ? queue.shift() : undefined
    const entry = name === undefined ? undefined : entries.get(name)
    if (name !== undefined && entry !== undefined) ask(name, entry)
  }

  return (name, options, done) => {
    let entry = entries.get(name)
    if (entry?.waiting === null && entry.expiresAtMs > clock.monotonicMs()) {
      const { addresses } = entry
      return queueMicrotask(() => reply(name, options, addresses, done))
    }
    if (entry === undefined) {
      if (entries.size >= NAMES_MAX) forgetOldest(entries)
      entry = { addresses: [], expiresAtMs: 0, waiting: null }
      entries.set(name, entry)
    }
    const isAsked = entry.waiting !== null
    entry.waiting ??= []
    entry.waiting.push((error, found) => {
      if (error === null) reply(name, options, found, done)
      else done(error, [])
    })
    if (isAsked) return
    queue.push(name)
    askNext()
  }
}

function forgetOldest(entries: Map<string, Entry>): void {
  for (const [name, entry] of entries) {
    if (entry.waiting !== null) continue
    entries.delete(name)
    return
  }
}

function reply(
  name: string,
  options: LookupOptions,
  found: readonly LookupAddress[],
  done: Parameters<Lookup>[2],
): void {
  const family = options.family === 4 || options.family === 6 ? options.family : 0
  const fitting = family === 0 ? found : found.filter((address) => address.family === family)
  const [first] = fitting
  if (first === undefined) {
    const error: NodeJS.ErrnoException = new Error(`no address of this family for ${name}`)
    error.code = 'ENOTFOUND'
    return done(error, [])
  }
  if (options.all === true) done(null, [...fitting])
  else done(null, first.address, first.family)
}
