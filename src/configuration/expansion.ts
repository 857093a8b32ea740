import { escapeDollars, piecesOf, type Piece } from '../domain/macros.ts'
import { afterText, isShellSafe, LINE_START, quotedAt } from '../domain/shell-quoting.ts'

/** What a macro stands for. */
export type MacroValue =
  /** Names, addresses, notes: quoted in a shell line. */
  | { readonly kind: 'data'; readonly text: string }
  /** Written by whoever configures: command text, in which macros are expanded in turn. */
  | { readonly kind: 'template'; readonly text: string }
  /** A resource: command text as it is. */
  | { readonly kind: 'literal'; readonly text: string; readonly isSecret: boolean }
  /** Only a run knows it. */
  | { readonly kind: 'runtime' }
  | { readonly kind: 'unknown'; readonly message: string; readonly hint: string | undefined }

export type Lookup = (name: string, of: string | undefined) => MacroValue

/** A piece of an expanded text. */
export interface Part {
  readonly kind: 'text' | 'data' | 'secret' | 'runtime'
  /** The name, when `runtime`. */
  readonly text: string
}

export interface Expanded {
  readonly text: string
  /** Secrets masked. The same string when there are none. */
  readonly shown: string
  /** `$NAME$` is still in `text`, and `$$` is a dollar. */
  readonly hasRuntimeMacros: boolean
}

/** Macros within macros. */
const DEPTH_MAX = 8
const TEMPLATES_KEPT_MAX = 20_000
export const MASK = '***'

/** Expands macros. Keeps the pieces of each template that it saw: many objects share few. */
export class Expander {
  readonly #pieces = new Map<string, readonly Piece[]>()

  /** Unknown macros are handed to `refuse` and stand for nothing. */
  parts(template: string, lookup: Lookup, refuse: Refuse): readonly Part[] {
    const parts: Part[] = []
    this.#collect(template, { lookup, refuse, parts, depth: 0 })
    return parts
  }

  /** For arguments, options and notes: values are written as they are. */
  text(template: string, lookup: Lookup, refuse: Refuse): Expanded {
    if (!template.includes('$')) return plain(template)
    return rendered(this.parts(template, lookup, refuse), (_, text) => text)
  }

  /** For shell lines: data is quoted for the place where it stands. */
  line(template: string, lookup: Lookup, refuse: Refuse): Expanded {
    if (!template.includes('$')) return plain(template)
    const parts = withoutNeedlessBlanks(this.parts(template, lookup, refuse))
    const needsQuotes = parts.some((part) => part.kind === 'data' && !isShellSafe(part.text))
    if (!needsQuotes) return rendered(parts, (_, text) => text)
    let position = LINE_START
    return rendered(parts, (part, text) => {
      if (part.kind === 'data') return quotedAt(position, text)
      if (part.kind !== 'runtime') position = afterText(position, text)
      return text
    })
  }

  #collect(template: string, into: Collecting): void {
    for (const piece of this.#piecesOf(template)) {
      if (piece.kind === 'text') {
        into.parts.push(piece)
        continue
      }
      const { name, of } = piece
      const value = into.lookup(name, of)
      switch (value.kind) {
        case 'data':
          into.parts.push({ kind: 'data', text: value.text })
          break
        case 'literal':
          into.parts.push({ kind: value.isSecret ? 'secret' : 'text', text: value.text })
          break
        case 'runtime':
          into.parts.push({ kind: 'runtime', text: of === undefined ? name : `${name}:${of}` })
          break
        case 'template':
          if (into.depth < DEPTH_MAX) this.#collect(value.text, { ...into, depth: into.depth + 1 })
          else into.refuse(name, `$${name}$ leads back to itself`, undefined)
          break
        case 'unknown':
          into.refuse(of === undefined ? name : `${name}:${of}`, value.message, value.hint)
      }
    }
  }

  #piecesOf(template: string): readonly Piece[] {
    const known = this.#pieces.get(template)
    if (known !== undefined) return known
    const pieces = piecesOf(template)
    if (this.#pieces.size < TEMPLATES_KEPT_MAX) this.#pieces.set(template, pieces)
    return pieces
  }
}

/** An empty value is an empty argument where it stands alone, and nothing within a word. */
function withoutNeedlessBlanks(parts: readonly Part[]): readonly Part[] {
  if (!parts.some((part) => part.kind === 'data' && part.text === '')) return parts
  return parts.filter((part, index) => {
    if (part.kind !== 'data' || part.text !== '') return true
    const before = parts[index - 1]
    const after = parts[index + 1]
    const isWithin =
      (before !== undefined && (before.kind === 'runtime' || /\S$/.test(before.text))) ||
      (after !== undefined && (after.kind === 'runtime' || /^\S/.test(after.text)))
    return !isWithin
  })
}

export type Refuse = (macro: string, message: string, hint: string | undefined) => void

interface Collecting {
  readonly lookup: Lookup
  readonly refuse: Refuse
  readonly parts: Part[]
  readonly depth: number
}

function plain(text: string): Expanded {
  return { text, shown: text, hasRuntimeMacros: false }
}

function rendered(parts: readonly Part[], write: (part: Part, text: string) => string): Expanded {
  const hasRuntimeMacros = parts.some((part) => part.kind === 'runtime')
  const written = parts.map((part) =>
    part.kind === 'runtime' ? `$${part.text}$` : write(part, part.text),
  )
  const visible = written.join('')
  const hasSecrets = parts.some((part) => part.kind === 'secret')
  const shown = hasSecrets
    ? written.map((text, index) => (parts[index]?.kind === 'secret' ? MASK : text)).join('')
    : visible
  if (!hasRuntimeMacros) return { text: visible, shown, hasRuntimeMacros }
  const escaped = written.map((text, index) =>
    parts[index]?.kind === 'runtime' ? text : escapeDollars(text),
  )
  return { text: escaped.join(''), shown, hasRuntimeMacros }
}
