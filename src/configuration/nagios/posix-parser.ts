/** A step of the machine that a pattern becomes. */
export type Step =
  | { readonly kind: 'character'; readonly fits: (character: string) => boolean; next: number }
  | { readonly kind: 'either'; readonly next: number[] }
  | {
      readonly kind: 'anchor'
      readonly holds: (text: readonly string[], at: number) => boolean
      next: number
    }
  | { readonly kind: 'found' }

/** `{n}` copies what it repeats; more steps than these are refused. */
const STEPS_MAX = 5000
const NESTING_MAX = 50
const REPEAT_MAX = 255

type Node =
  | { readonly kind: 'empty' }
  | { readonly kind: 'character'; readonly fits: (character: string) => boolean }
  | { readonly kind: 'anchor'; readonly holds: (text: readonly string[], at: number) => boolean }
  | { readonly kind: 'sequence' | 'either'; readonly nodes: readonly Node[] }
  | { readonly kind: 'repeat'; readonly node: Node; readonly least: number; readonly most: number }

class Fault extends Error {}

const isWord = (character: string | undefined): boolean =>
  character !== undefined && /[A-Za-z0-9_]/.test(character)
const isSpace = (character: string): boolean => /[ \t\n\v\f\r]/.test(character)

/** What `\x` means where it is no plain character. */
const ESCAPES: Readonly<Record<string, Node>> = {
  w: { kind: 'character', fits: isWord },
  W: { kind: 'character', fits: (character) => !isWord(character) },
  s: { kind: 'character', fits: isSpace },
  S: { kind: 'character', fits: (character) => !isSpace(character) },
  b: { kind: 'anchor', holds: (text, at) => isWord(text[at - 1]) !== isWord(text[at]) },
  B: { kind: 'anchor', holds: (text, at) => isWord(text[at - 1]) === isWord(text[at]) },
  '<': { kind: 'anchor', holds: (text, at) => !isWord(text[at - 1]) && isWord(text[at]) },
  '>': { kind: 'anchor', holds: (text, at) => isWord(text[at - 1]) && !isWord(text[at]) },
  '`': { kind: 'anchor', holds: (_, at) => at === 0 },
  "'": { kind: 'anchor', holds: (text, at) => at === text.length },
}

const CLASSES: Readonly<Record<string, RegExp>> = {
  alpha: /[A-Za-z]/,
  digit: /[0-9]/,
  alnum: /[A-Za-z0-9]/,
  upper: /[A-Z]/,
  lower: /[a-z]/,
  space: /[ \t\n\v\f\r]/,
  blank: /[ \t]/,
  punct: /[!-/:-@[-`{-~]/,
  print: /[ -~]/,
  graph: /[!-~]/,
  cntrl: /[^ -~]/,
  xdigit: /[0-9A-Fa-f]/,
}

/** Reads a pattern and lays out its steps. */
export class PatternParser {
  readonly #text: readonly string[]
  #at = 0
  #depth = 0
  #laid = 0
  readonly #steps: Step[] = []

  constructor(pattern: string) {
    this.#text = Array.from(pattern)
  }

  /** Its steps, or what is wrong with it. */
  parse(): { readonly steps: readonly Step[]; readonly first: number } | string {
    try {
      const node = this.#either()
      const last = this.#step({ kind: 'found' })
      return { steps: this.#steps, first: this.#lay(node, last) }
    } catch (error) {
      if (error instanceof Fault) return error.message
      throw error
    }
  }

  #either(): Node {
    if (++this.#depth > NESTING_MAX) throw new Fault(`more than ${NESTING_MAX} nested groups`)
    const nodes = [this.#sequence()]
    while (this.#text[this.#at] === '|') {
      this.#at++
      nodes.push(this.#sequence())
    }
    this.#depth--
    return nodes.length === 1 ? (nodes[0] as Node) : { kind: 'either', nodes }
  }

  #sequence(): Node {
    const nodes: Node[] = []
    for (;;) {
      const character = this.#text[this.#at]
      const isEnd = character === undefined || character === '|'
      if (isEnd || (character === ')' && this.#depth > 1)) break
      nodes.push(this.#repeated(this.#atom(nodes.length === 0)))
    }
    return nodes.length === 0 ? { kind: 'empty' } : { kind: 'sequence', nodes }
  }

  #repeated(atom: Node): Node {
    let node = atom
    for (;;) {
      const character = this.#text[this.#at]
      if (character === '*') node = { kind: 'repeat', node, least: 0, most: Infinity }
      else if (character === '+') node = { kind: 'repeat', node, least: 1, most: Infinity }
      else if (character === '?') node = { kind: 'repeat', node, least: 0, most: 1 }
      else if (character === '{') {
        node = this.#counted(node)
        continue
      } else return node
      this.#at++
    }
  }

  #counted(node: Node): Node {
    const rest = this.#text.slice(this.#at, this.#at + 12).join('')
    const found = /^\{(\d*)(,?)(\d*)\}/.exec(rest)
    const [whole = '', low = '', comma = '', high = ''] = found ?? []
    if (found === null || (low === '' && comma === '')) throw new Fault("'{' begins no {n}")
    const least = Number(low)
    const most = comma === '' ? least : high === '' ? Infinity : Number(high)
    if (most < least) throw new Fault(`'${whole}' counts down`)
    if (Math.max(least, most === Infinity ? 0 : most) > REPEAT_MAX) {
      throw new Fault(`'${whole}' repeats more than ${REPEAT_MAX} times`)
    }
    this.#at += whole.length
    return { kind: 'repeat', node, least, most }
  }

  #atom(isFirst: boolean): Node {
    const character = this.#text[this.#at++] as string
    switch (character) {
      case '(': {
        const node = this.#either()
        if (this.#text[this.#at++] !== ')') throw new Fault("a '(' without ')'")
        return node
      }
      case '[':
        return this.#bracket()
      case '.':
        return { kind: 'character', fits: () => true }
      case '^':
        return { kind: 'anchor', holds: (_, at) => at === 0 }
      case '$':
        return { kind: 'anchor', holds: (text, at) => at === text.length }
      case '*':
      case '+':
      case '?':
      case '{':
        throw new Fault(
          `'${character}' stands behind nothing${isFirst ? '; write `.*` for all' : ''}`,
        )
      case '\\':
        return this.#escape()
      default:
        return plain(character)
    }
  }

  #escape(): Node {
    const character = this.#text[this.#at++]
    if (character === undefined) throw new Fault("a '\\' at the end")
    if (/[1-9]/.test(character)) throw new Fault(`'\\${character}' is not supported`)
    return (Object.hasOwn(ESCAPES, character) ? ESCAPES[character] : undefined) ?? plain(character)
  }

  #bracket(): Node {
    const isInverse = this.#text[this.#at] === '^'
    if (isInverse) this.#at++
    const fits: ((character: string) => boolean)[] = []
    for (let isFirst = true; ; isFirst = false) {
      const character = this.#text[this.#at++]
      if (character === undefined) throw new Fault("a '[' without ']'")
      if (character === ']' && !isFirst) break
      if (character === '[' && this.#text[this.#at] === ':') fits.push(this.#class())
      else fits.push(this.#span(character))
    }
    const isIn = (character: string): boolean => fits.some((one) => one(character))
    return { kind: 'character', fits: isInverse ? (character) => !isIn(character) : isIn }
  }

  #class(): (character: string) => boolean {
    const from = this.#at + 1
    const to = this.#text.indexOf(':', from)
    const name = to < 0 ? '' : this.#text.slice(from, to).join('')
    const known = Object.hasOwn(CLASSES, name) ? CLASSES[name] : undefined
    if (known === undefined || this.#text[to + 1] !== ']')
      throw new Fault(`unknown class '${name}'`)
    this.#at = to + 2
    return (character) => known.test(character)
  }

  #span(from: string): (character: string) => boolean {
    const to = this.#text[this.#at + 1]
    if (this.#text[this.#at] !== '-' || to === ']' || to === undefined) {
      return (character) => character === from
    }
    this.#at += 2
    if (to < from) throw new Fault(`'${from}-${to}' is no range`)
    return (character) => character >= from && character <= to
  }

  #step(step: Step): number {
    if (this.#steps.length >= STEPS_MAX) throw new Fault('the pattern is too large')
    this.#steps.push(step)
    return this.#steps.length - 1
  }

  /** Lays the node's steps out before `next`; says where they begin. */
  #lay(node: Node, next: number): number {
    // Repeating nothing lays no steps, but takes time.
    if (++this.#laid > 10 * STEPS_MAX) throw new Fault('the pattern is too large')
    switch (node.kind) {
      case 'empty':
        return next
      case 'character':
        return this.#step({ kind: 'character', fits: node.fits, next })
      case 'anchor':
        return this.#step({ kind: 'anchor', holds: node.holds, next })
      case 'sequence':
        return node.nodes.reduceRight((after, part) => this.#lay(part, after), next)
      case 'either':
        return this.#step({ kind: 'either', next: node.nodes.map((part) => this.#lay(part, next)) })
      case 'repeat':
        return this.#layRepeat(node, next)
    }
  }

  #layRepeat({ node, least, most }: Node & { readonly kind: 'repeat' }, next: number): number {
    let first = next
    if (most === Infinity) {
      const ways: number[] = [next]
      first = this.#step({ kind: 'either', next: ways })
      ways.push(this.#lay(node, first))
    } else {
      for (let times = least; times < most; times++) {
        first = this.#step({ kind: 'either', next: [this.#lay(node, first), next] })
      }
    }
    for (let times = 0; times < least; times++) first = this.#lay(node, first)
    return first
  }
}

function plain(wanted: string): Node {
  return { kind: 'character', fits: (character) => character === wanted }
}
