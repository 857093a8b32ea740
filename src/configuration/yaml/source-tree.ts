import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Node,
  type Pair,
} from 'yaml'
import type { Origin } from '../definitions.ts'
import type { Place, Problems } from '../problem.ts'

/** The text of one file, under the name that people know it by. */
export interface SourceText {
  readonly file: string
  readonly text: string
}

/** Deeper nesting is refused. */
const DEPTH_MAX = 64
/** What aliases may add to one file, in nodes: a "bomb" of anchors within anchors ends here. */
const ALIASED_NODES_MAX = 100_000

/** A key of a map with what stands under it. */
export interface Entry {
  readonly key: string
  readonly keyPlace: Place
  readonly node: Node | undefined
}

/** A file that was read: nodes with their places. Nothing here throws; what cannot be used is a problem. */
export interface SourceTree {
  readonly file: string
  readonly documents: readonly (Node | undefined)[]
  /** Of a map; `undefined` when the node is something else. A key that comes twice is a problem and its first stands. */
  entries(node: Node | undefined): readonly Entry[] | undefined
  /** Nothing was written: `hosts:` and no more. */
  isNothing(node: Node | undefined): boolean
  /** Plain data of a node: maps are objects, lists are arrays. */
  plain(node: Node | undefined): unknown
  place(node: Node | undefined): Place
  origin(entry: Entry): Origin
}

export function parseSource(source: SourceText, problems: Problems): SourceTree {
  const lines = new LineCounter()
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { file: source.file, line: Math.max(1, line), column: Math.max(1, col) }
  }
  const documents: (Node | undefined)[] = []
  try {
    const parsed = parseAllDocuments(source.text, {
      lineCounter: lines,
      uniqueKeys: false,
      prettyErrors: false,
    })
    for (const document of 'empty' in parsed ? [] : parsed) {
      for (const fault of [...document.errors, ...document.warnings]) {
        const message = faultText(fault.message)
        problems.addSyntaxFault(placeAt(fault.pos[0]), message, hintOf(fault.code))
      }
      documents.push(document.contents ?? undefined)
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    problems.add(placeAt(0), 'the file is nested too deeply to be read')
  }
  return treeOf(source.file, documents, { placeAt, problems })
}

function faultText(message: string): string {
  const text = message.split('\n')[0] ?? message
  return `YAML: ${text.charAt(0).toLowerCase()}${text.slice(1)}`
}

function hintOf(code: string): string | undefined {
  if (code === 'TAB_AS_INDENT') return 'indent with spaces'
  if (code === 'TAG_RESOLVE_FAILED') return 'quote a text that begins with !'
  return undefined
}

interface Reading {
  readonly placeAt: (offset: number) => Place
  readonly problems: Problems
}

function treeOf(
  file: string,
  documents: readonly (Node | undefined)[],
  reading: Reading,
): SourceTree {
  const anchors = new AnchorTable(documents)
  const place = (node: Node | undefined): Place => reading.placeAt(node?.range?.[0] ?? 0)
  const resolve = (node: unknown): Node | undefined => anchors.resolve(node)
  const keyOf = (pair: Pair): Entry => {
    const key = resolve(pair.key)
    return {
      key: isScalar(key) ? scalarText(key.source, key.value) : '',
      keyPlace: place(pair.key as Node),
      node: (pair.value ?? undefined) as Node | undefined,
    }
  }
  const entries = (node: Node | undefined): readonly Entry[] | undefined => {
    const map = resolve(node)
    if (!isMap(map)) return undefined
    return uniqueEntries(map.items.map(keyOf), reading.problems)
  }
  const converter = new Converter({ entries, resolve, place, problems: reading.problems })
  const find = (from: Node | undefined, path: readonly PropertyKey[]): Found => {
    let found: Found = { node: from, key: undefined }
    for (const part of path) {
      const node = resolve(found.node)
      if (isSeq(node) && typeof part === 'number') {
        const item = node.items[part] as Node | undefined
        if (item === undefined) return found
        found = { node: item, key: undefined }
        continue
      }
      const pair = isMap(node) ? node.items.find((one) => keyOf(one).key === part) : undefined
      if (pair === undefined) return found
      found = { node: (pair.value ?? pair.key) as Node, key: pair.key as Node }
    }
    return found
  }
  return {
    file,
    documents,
    entries,
    isNothing: (node) => {
      const found = resolve(node)
      return found === undefined || (isScalar(found) && found.value === null)
    },
    plain: (node) => converter.plain(node, { depth: 0, isAliased: false }),
    place,
    origin: (entry) => ({
      place: (path = []) =>
        path.length === 0 ? entry.keyPlace : place(find(entry.node, path).node),
      keyPlace: (path) => {
        const { key, node } = find(entry.node, path)
        return place(key ?? node)
      },
    }),
  }
}

interface Found {
  readonly node: Node | undefined
  readonly key: Node | undefined
}

/** `007` as a name stays `007`. */
function scalarText(source: string | undefined, value: unknown): string {
  return typeof value === 'string' ? value : (source ?? String(value))
}

function uniqueEntries(entries: readonly Entry[], problems: Problems): readonly Entry[] {
  const first = new Map<string, Entry>()
  for (const entry of entries) {
    const before = first.get(entry.key)
    if (before === undefined) {
      first.set(entry.key, entry)
      continue
    }
    const { file, line, column } = before.keyPlace
    problems.add(
      entry.keyPlace,
      `'${entry.key}' is written twice, first at ${file}:${line}:${column}`,
      'keep one of them',
    )
  }
  return first.size === entries.length ? entries : [...first.values()]
}

/** Anchors of all documents by name; the last one before an alias counts, and an alias that leads to itself leads nowhere. */
class AnchorTable {
  readonly #documents: readonly (Node | undefined)[]
  #anchors: Map<string, Node[]> | undefined

  constructor(documents: readonly (Node | undefined)[]) {
    this.#documents = documents
  }

  resolve(node: unknown): Node | undefined {
    if (!isAlias(node)) return (node ?? undefined) as Node | undefined
    this.#anchors ??= this.#collect()
    const at = node.range?.[0] ?? 0
    const before = this.#anchors.get(node.source)?.filter((anchor) => (anchor.range?.[0] ?? 0) < at)
    return before?.at(-1)
  }

  #collect(): Map<string, Node[]> {
    const anchors = new Map<string, Node[]>()
    const pending: unknown[] = [...this.#documents].reverse()
    while (pending.length > 0) {
      const node = pending.pop()
      if ((isMap(node) || isSeq(node) || isScalar(node)) && node.anchor !== undefined) {
        anchors.set(node.anchor, [...(anchors.get(node.anchor) ?? []), node])
      }
      if (isSeq(node)) pending.push(...[...node.items].reverse())
      if (isMap(node))
        for (const pair of [...node.items].reverse()) pending.push(pair.value, pair.key)
    }
    return anchors
  }
}

interface ConverterParts {
  readonly entries: SourceTree['entries']
  readonly resolve: (node: unknown) => Node | undefined
  readonly place: (node: Node | undefined) => Place
  readonly problems: Problems
}

interface Depth {
  readonly depth: number
  readonly isAliased: boolean
}

class Converter {
  readonly #parts: ConverterParts
  #aliasedNodes = 0

  constructor(parts: ConverterParts) {
    this.#parts = parts
  }

  plain(given: Node | undefined, at: Depth): unknown {
    const { resolve, entries, place, problems } = this.#parts
    const node = resolve(given)
    const inside = { depth: at.depth + 1, isAliased: at.isAliased || isAlias(given) }
    if (inside.isAliased) this.#aliasedNodes++
    if (this.#aliasedNodes > ALIASED_NODES_MAX) {
      problems.add(
        place(given),
        `aliases stand for more than ${ALIASED_NODES_MAX} values`,
        'use templates instead',
      )
      return undefined
    }
    if (at.depth > DEPTH_MAX) {
      problems.add(place(given), `nested deeper than ${DEPTH_MAX}`)
      return undefined
    }
    if (isScalar(node)) return node.value
    if (isSeq(node)) return node.items.map((item) => this.plain(item as Node, inside))
    const pairs = entries(node)
    if (pairs === undefined) return undefined
    return Object.fromEntries(pairs.flatMap((entry) => this.#member(entry, inside)))
  }

  #member(entry: Entry, inside: Depth): [string, unknown][] {
    if (entry.key === '<<') {
      this.#parts.problems.add(
        entry.keyPlace,
        "'<<' is not understood",
        'use templates: `use: [name]`',
      )
      return []
    }
    if (entry.key === '__proto__') {
      this.#parts.problems.add(entry.keyPlace, `'${entry.key}' cannot be a key`)
      return []
    }
    return [[entry.key, this.plain(entry.node, inside)]]
  }
}
