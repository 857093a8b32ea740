/** Values by text, in the order of their coming. `trim` lets the oldest go until both bounds hold, but keeps one. */
export class BoundedTexts<V> {
  readonly #values = new Map<string, V>()
  readonly #countMax: number
  readonly #charactersMax: number
  #characters = 0

  constructor(bounds: { readonly countMax: number; readonly charactersMax: number }) {
    this.#countMax = bounds.countMax
    this.#charactersMax = bounds.charactersMax
  }

  get(text: string): V | undefined {
    return this.#values.get(text)
  }

  set(text: string, value: V): void {
    if (!this.#values.has(text)) this.#characters += text.length
    this.#values.set(text, value)
  }

  trim(): void {
    for (const text of this.#values.keys()) {
      const isWithin =
        this.#values.size <= this.#countMax && this.#characters <= this.#charactersMax
      if (isWithin || this.#values.size === 1) return
      this.#values.delete(text)
      this.#characters -= text.length
    }
  }

  clear(): void {
    this.#values.clear()
    this.#characters = 0
  }
}
