import { itemsOf, valueOf } from './definition.ts'
import type { ResolvedDefinition } from './objects.ts'
import { posixPattern, type PosixPattern } from './posix-pattern.ts'
import { refuse, type Resolution } from './resolution.ts'
import type { NagiosSettings } from './settings.ts'

/** A name that is compared with a pattern counts as so many that are only looked up. */
export const PATTERN_COST = 20

/** An object that lists can name. */
export interface Named {
  readonly name: string
  readonly definition: ResolvedDefinition
}

/** What a list of names stands for. In the order in which Nagios puts them together, last one last. */
export interface Expanded<T> {
  readonly members: readonly T[]
  /** Those behind a `!`. */
  readonly rejected: readonly T[]
  /** Some name stands for nothing; it has been reported. */
  readonly isFaulty: boolean
}

/** The list that is expanded, for the problems in it. */
export interface ListPlace {
  readonly definition: ResolvedDefinition
  readonly directive: string
}

/** Decides whether names are patterns, and keeps those that were read. */
export class Patterns {
  readonly #settings: NagiosSettings
  readonly #read = new Map<string, PosixPattern>()

  constructor(settings: NagiosSettings) {
    this.#settings = settings
  }

  isPattern(item: string): boolean {
    const { useRegexpMatching, useTrueRegexpMatching } = this.#settings
    if (!useRegexpMatching) return false
    return useTrueRegexpMatching || /[*?+]|\\\./.test(item)
  }

  of(item: string): PosixPattern {
    let pattern = this.#read.get(item)
    if (pattern === undefined) this.#read.set(item, (pattern = posixPattern(item)))
    return pattern
  }
}

/** All objects of one type that have a name, latest definition first, and what lists of their names mean. */
export class NameSpace<T extends Named> {
  readonly all: readonly T[]
  readonly #byName = new Map<string, T>()
  readonly #word: string
  readonly #patterns: Patterns
  /** Nagios takes every name behind a pattern for a pattern too, where hosts and contacts are listed. */
  readonly #isSticky: boolean

  constructor(
    all: readonly T[],
    {
      word,
      patterns,
      isSticky,
    }: { readonly word: string; readonly patterns: Patterns; readonly isSticky: boolean },
  ) {
    this.all = all
    this.#word = word
    this.#patterns = patterns
    this.#isSticky = isSticky
    for (const one of all) this.#byName.set(one.name, one)
  }

  find(name: string): T | undefined {
    return this.#byName.get(name)
  }

  /** The object of this name, if it is registered. */
  registered(name: string): T | undefined {
    const found = this.#byName.get(name)
    return found?.definition.written.isRegistered === true ? found : undefined
  }

  nearTo({ budget }: Resolution, name: string): string | undefined {
    return budget.hint(name, this.#byName.keys())
  }

  /** Expands the value of a directive; `*`, `!`, and patterns when the settings say so. */
  expand(resolution: Resolution, place: ListPlace): Expanded<T> {
    const members = new Set<T>()
    const rejected: T[] = []
    let isFaulty = false
    let isPattern = false
    const fault = (message: string, hint?: string): void => {
      isFaulty = true
      refuse(resolution, place.definition, { directive: place.directive, message, hint })
    }
    const { budget } = resolution
    for (const item of itemsOf(valueOf(place.definition, place.directive))) {
      if (budget.isSpent) break
      isPattern = (this.#isSticky && isPattern) || this.#patterns.isPattern(item)
      if (isPattern) {
        const pattern = this.#patterns.of(item)
        budget.work(this.all.length * PATTERN_COST, place.definition)
        if (pattern.kind === 'fault') fault(`the pattern '${item}' is wrong: ${pattern.message}`)
        else if (!this.#addMatching(pattern.matches, members)) {
          fault(`no ${this.#word} fits '${item}'`)
        }
      } else if (item === '*') {
        budget.work(this.all.length, place.definition)
        for (const one of this.all) if (one.definition.written.isRegistered) members.add(one)
      } else {
        const isRejected = item.startsWith('!')
        const name = isRejected ? item.slice(1) : item
        const found = this.#byName.get(name)
        if (found === undefined)
          fault(`unknown ${this.#word} '${name}'`, this.nearTo(resolution, name))
        else if (isRejected) rejected.push(found)
        else members.add(found)
      }
    }
    return { members: [...members], rejected, isFaulty }
  }

  #addMatching(matches: (text: string) => boolean, members: Set<T>): boolean {
    let isAny = false
    for (const one of this.all) {
      if (!matches(one.name)) continue
      isAny = true
      if (one.definition.written.isRegistered) members.add(one)
    }
    return isAny
  }
}

/** Names of a list that need not be expanded: no `*`, no `!`. */
export function namesIn(definition: ResolvedDefinition, directive: string): readonly string[] {
  return itemsOf(valueOf(definition, directive))
}

/** As C compares texts, by the bytes of UTF-8. */
export function byBytes(a: string, b: string): number {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index++) {
    const left = a.charCodeAt(index)
    const right = b.charCodeAt(index)
    if (left === right) continue
    // Surrogates are the largest in UTF-8, but not in UTF-16.
    const isLeftHigh = left >= 0xd800 && left <= 0xdfff
    const isRightHigh = right >= 0xd800 && right <= 0xdfff
    if (isLeftHigh !== isRightHigh) return isLeftHigh ? 1 : -1
    return left - right
  }
  return a.length - b.length
}
