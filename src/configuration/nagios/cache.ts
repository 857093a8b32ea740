import { createHash } from 'node:crypto'
import type { KeptDefinitions } from './inheritance.ts'
import { parseObjectFile, type ParsedFile } from './object-file.ts'

/**
 * What may be kept from one reading to the next: files whose content is the same are not parsed again, and their objects stay the same
 * values; so do definitions whose templates are the same.
 */
export interface NagiosCache {
  files: ReadonlyMap<string, CachedFile>
  readonly definitions: KeptDefinitions
}

interface CachedFile {
  readonly hash: string
  readonly parsed: ParsedFile
}

export function newNagiosCache(): NagiosCache {
  return { files: new Map(), definitions: new WeakMap() }
}

/** Parses files by way of a cache. `end` leaves in it what this reading has used. */
export class CachedParsing {
  readonly #cache: NagiosCache | undefined
  readonly #used = new Map<string, CachedFile>()

  constructor(cache: NagiosCache | undefined) {
    this.#cache = cache
  }

  parse(file: string, bytes: Buffer | string, textOf: () => string): ParsedFile {
    if (this.#cache === undefined) return parseObjectFile(file, textOf())
    const hash = createHash('sha1').update(bytes).digest('base64')
    const known = this.#used.get(file) ?? this.#cache.files.get(file)
    const cached = known?.hash === hash ? known : { hash, parsed: parseObjectFile(file, textOf()) }
    this.#used.set(file, cached)
    return cached.parsed
  }

  end(): void {
    if (this.#cache !== undefined) this.#cache.files = this.#used
  }
}
