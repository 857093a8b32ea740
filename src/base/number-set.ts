/** Both ends are in it. */
export type NumberRange = readonly [from: number, to: number]

/** Apart from each other; what would need more is not taken in. */
export const RANGES_MAX = 50_000

/** Numbers from 1 on that came in any order: all up to one of them, and ranges behind it while others before them are missing. */
export class NumberSet {
  #upTo: number
  /** In order, apart from each other and from `#upTo`. Replaced when it changes anywhere but at its end. */
  #ranges: NumberRange[]

  constructor(upTo = 0, ranges: readonly NumberRange[] = []) {
    this.#upTo = upTo
    this.#ranges = [...ranges]
  }

  /** This number and all before it are in. */
  get upTo(): number {
    return this.#upTo
  }

  get ranges(): readonly NumberRange[] {
    return this.#ranges
  }

  has(number: number): boolean {
    if (number <= this.#upTo) return true
    const before = this.#ranges[this.#lastFrom(number)]
    return before !== undefined && number <= before[1]
  }

  /** False when it is in already, or would need one range too many. */
  add(number: number): boolean {
    return this.addRange([number, number]) === 1
  }

  /** @returns how many numbers of it were not in before; 0 as well when it would need one range too many */
  addRange([first, to]: NumberRange): number {
    const from = Math.max(first, this.#upTo + 1)
    if (from > to) return 0
    const last = this.#ranges.at(-1)
    if (last === undefined || from > last[1] + 1) return this.#append(from, to)
    if (from === last[1] + 1) {
      this.#ranges[this.#ranges.length - 1] = [last[0], to]
      return to - from + 1
    }
    return this.#merge(from, to)
  }

  #append(from: number, to: number): number {
    if (from === this.#upTo + 1) this.#upTo = to
    else if (this.#ranges.length >= RANGES_MAX) return 0
    else this.#ranges.push([from, to])
    return to - from + 1
  }

  /** Among the ranges: it swallows those that it touches. */
  #merge(from: number, to: number): number {
    const touching = this.#lastFrom(from)
    const isTouched = touching >= 0 && from <= (this.#ranges[touching] as NumberRange)[1] + 1
    const start = isTouched ? touching : touching + 1
    let end = start
    let known = 0
    let merged: [number, number] = [from, to]
    for (let range = this.#ranges[end]; range !== undefined; range = this.#ranges[++end]) {
      if (range[0] > to + 1) break
      known += Math.max(0, Math.min(range[1], to) - Math.max(range[0], from) + 1)
      merged = [Math.min(merged[0], range[0]), Math.max(merged[1], range[1])]
    }
    const isAtFront = merged[0] === this.#upTo + 1
    if (!isAtFront && end === start && this.#ranges.length >= RANGES_MAX) return 0
    if (isAtFront) this.#upTo = merged[1]
    this.#ranges.splice(start, end - start, ...(isAtFront ? [] : [merged]))
    return to - from + 1 - known
  }

  /** The last range that begins at this number or before; -1 for none. */
  #lastFrom(number: number): number {
    let low = 0
    let high = this.#ranges.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#ranges[middle] as NumberRange)[0] <= number) low = middle + 1
      else high = middle
    }
    return low - 1
  }
}
