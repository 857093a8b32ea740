/** Who wants to hear of something. */
export class Listeners {
  readonly #all = new Set<() => void>()

  add(hear: () => void): () => void {
    this.#all.add(hear)
    return () => this.#all.delete(hear)
  }

  tell(): void {
    for (const hear of this.#all) hear()
  }
}

/** Listeners by object id. A key without listeners costs nothing. */
export class KeyedListeners {
  readonly #byKey = new Map<string, Set<() => void>>()

  add(key: string, hear: () => void): () => void {
    let set = this.#byKey.get(key)
    if (set === undefined) {
      set = new Set()
      this.#byKey.set(key, set)
    }
    set.add(hear)
    return () => {
      set.delete(hear)
      if (set.size === 0 && this.#byKey.get(key) === set) this.#byKey.delete(key)
    }
  }

  tell(key: string): void {
    for (const hear of this.#byKey.get(key) ?? []) hear()
  }

  tellAll(): void {
    for (const set of this.#byKey.values()) for (const hear of set) hear()
  }
}
