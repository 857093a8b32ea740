import { nameFault, type NameOf } from '../names.ts'

/** Names that we take, for names that Nagios takes. Two names stay two. */
export class Names {
  readonly #given = new Map<string, string>()
  readonly #of: NameOf
  readonly #taken: Set<string>

  /** @param of whose names these are */
  constructor(of: NameOf = 'other', reserved: readonly string[] = []) {
    this.#of = of
    this.#taken = new Set(reserved)
  }

  /** The same name for the same text. */
  of(text: string): string {
    const known = this.#given.get(text)
    if (known !== undefined) return known
    const name = this.fresh(text)
    this.#given.set(text, name)
    return name
  }

  /** A name near `text` that nobody else has. */
  fresh(text: string): string {
    const plain =
      nameFault(text, this.#of) === undefined
        ? text
        : text.replace(/[^\p{L}\p{N} _.:@-]+/gu, ' ').trim()
    const base =
      plain === '' || plain.startsWith('-') ? `object ${plain}`.trim() : plain.slice(0, 200)
    let name = base
    for (let number = 2; this.#taken.has(name); number++) name = `${base} ${number}`
    this.#taken.add(name)
    return name
  }
}
