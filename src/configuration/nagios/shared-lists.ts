import { itemsOf } from './definition.ts'
import { byBytes } from './name-space.ts'

const NO_ITEMS: readonly string[] = []

/** Lists that are written alike are one array, however many objects have them. */
export class SharedLists {
  readonly #lists = new Map<string, readonly string[]>()

  /** Items of a text, each once, in the order of their bytes. */
  sorted(text: string | undefined): readonly string[] {
    if (text === undefined || text === '') return NO_ITEMS
    let list = this.#lists.get(text)
    if (list === undefined) {
      list = [...new Set(itemsOf(text))].sort(byBytes)
      this.#lists.set(text, list)
    }
    return list
  }
}
