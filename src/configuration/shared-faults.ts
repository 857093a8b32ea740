import type { Place, Problems } from './problem.ts'

/** Faults that many objects share because they were inherited: named once, at the place where they are written, with their number. */
export class SharedFaults {
  readonly #found = new Map<string, Fault>()

  /** Like `add`, but a fault that is known is not counted again. */
  addFirst(place: Place, key: string, message: string, hint: string | undefined): void {
    if (!this.#found.has(idOf(place, key))) this.add(place, key, message, hint)
  }

  /** `key` tells faults at one place apart. */
  add(place: Place, key: string, message: string, hint: string | undefined): void {
    const id = idOf(place, key)
    const fault = this.#found.get(id)
    if (fault === undefined) this.#found.set(id, { place, message, hint, count: 1 })
    else fault.count++
  }

  report(problems: Problems): void {
    for (const { place, message, hint, count } of this.#found.values()) {
      const others = count > 1 ? ` (${count - 1} more like this)` : ''
      problems.add(place, `${message}${others}`, hint)
    }
  }
}

function idOf(place: Place, key: string): string {
  return `${place.file}\0${place.line}\0${place.column}\0${key}`
}

interface Fault {
  readonly place: Place
  readonly message: string
  readonly hint: string | undefined
  count: number
}
