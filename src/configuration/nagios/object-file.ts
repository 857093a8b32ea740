import { didYouMean, PROBLEMS_MAX, type Place, type Problem } from '../problem.ts'
import { DefinitionDraft, type Report } from './definition-draft.ts'
import { TABLES } from './directives.ts'
import { LineReader, afterBlanks, endOfWord, type LogicalLine } from './lines.ts'
import { NAGIOS_TYPES, type NagiosType } from './object-types.ts'
import type { WrittenObject } from './written.ts'

/** More definitions than these in one file are not read. */
const OBJECTS_MAX = 1_000_000
const PATH_LENGTH_MAX = 4096

/** What one file of objects says by itself; nothing in it depends on other files, so it can be kept as long as the file is the same. */
export interface ParsedFile {
  readonly objects: readonly WrittenObject[]
  /** `include_file` and `include_dir`, with how many objects stand before them. */
  readonly includes: readonly Include[]
  readonly problems: readonly Problem[]
  readonly warnings: readonly Problem[]
}

export interface Include {
  readonly kind: 'file' | 'folder'
  readonly path: string
  readonly place: Place
  readonly objectsBefore: number
}

/** Reads the text of one object file. Never throws; every fault is named with its place, and what is right around it is read. */
export function parseObjectFile(file: string, text: string): ParsedFile {
  const reader = new LineReader(text)
  const parser = new ObjectFileParser(file, reader.line)
  while (reader.next()) parser.take(reader.line)
  return parser.end()
}

class ObjectFileParser {
  readonly #file: string
  readonly #objects: WrittenObject[] = []
  readonly #includes: Include[] = []
  readonly #problems: Problem[] = []
  readonly #warnings: Problem[] = []
  /** `undefined` outside of definitions. */
  #draft: DefinitionDraft | undefined
  /** Inside a definition whose type is unknown: nothing in it is read. */
  #isSkipping = false
  #line: LogicalLine
  readonly #report: Report

  constructor(file: string, line: LogicalLine) {
    this.#file = file
    this.#line = line
    this.#report = {
      refuse: (at, message, hint) => this.#refuse(this.#line, at, message, hint),
      warn: (at, message, hint) => this.#warn(this.#line, at, message, hint),
    }
  }

  take(line: LogicalLine): void {
    this.#line = line
    if (line.isTooLong) {
      this.#refuse(line, line.from, 'the line is too long', 'it is longer than 1 MB')
      return
    }
    const { source, from, to } = line
    if (from === to || source.charCodeAt(from) === 35) return
    if (source.startsWith('define', from) && to - from >= 6) this.#begin(line)
    else if (this.#isSkipping || this.#draft !== undefined) this.#inside(line)
    else this.#outside(line)
  }

  end(): ParsedFile {
    if (this.#draft !== undefined || this.#isSkipping) {
      const place = { file: this.#file, line: Math.max(1, this.#line.lastLine), column: 1 }
      const opened = this.#draft === undefined ? '' : ` of line ${this.#draft.line}`
      const message = `the file ends inside the definition${opened}`
      this.#problems.push({ ...place, message, hint: 'close it with `}` on a line of its own' })
      this.#close()
    }
    return {
      objects: this.#objects,
      includes: this.#includes,
      problems: this.#problems,
      warnings: this.#warnings,
    }
  }

  #begin(line: LogicalLine): void {
    const { source, to } = line
    const from = afterBlanks(source, line.from + 6, to)
    const word = source.slice(from, endOfWord(source, from, to))
    const brace = word.indexOf('{')
    const type = brace < 0 ? word : word.slice(0, brace)
    if (this.#draft !== undefined || this.#isSkipping) {
      const opened = this.#draft === undefined ? '' : ` of line ${this.#draft.line}`
      const hint = 'a definition ends with `}` on a line of its own'
      this.#refuse(line, line.from, `a definition begins inside the definition${opened}`, hint)
      this.#close()
    }
    if (!isType(type)) {
      this.#refuseType(line, from, type)
      this.#isSkipping = true
      return
    }
    if (this.#objects.length >= OBJECTS_MAX) {
      this.#refuse(line, line.from, `more than ${OBJECTS_MAX} definitions in one file`)
      this.#isSkipping = true
      return
    }
    const place = { file: this.#file, line: line.lastLine }
    this.#draft = new DefinitionDraft(TABLES[type], this.#report, place)
    if (type === 'hostextinfo' || type === 'serviceextinfo') {
      const object = type === 'hostextinfo' ? 'host' : 'service'
      const hint = `write its directives in the ${object} itself`
      this.#warn(line, line.from, `${type} is deprecated`, hint)
    }
  }

  #refuseType(line: LogicalLine, column: number, type: string): void {
    if (type === '') {
      this.#refuse(line, column, '`define` without a type', 'write `define host {`')
    } else {
      const hint = didYouMean(type, NAGIOS_TYPES)
      this.#refuse(line, column, `unknown type of object '${shown(type)}'`, hint)
    }
  }

  #inside(line: LogicalLine): void {
    const { source, from, to } = line
    if (to - from === 1 && source.charCodeAt(from) === 125) {
      this.#close()
      return
    }
    this.#draft?.take(line)
  }

  #close(): void {
    const draft = this.#draft
    this.#draft = undefined
    this.#isSkipping = false
    if (draft === undefined) return
    const object = draft.object()
    this.#objects.push(object)
    if (draft.hasName || !object.isRegistered || object.templateName !== undefined) return
    const place = { file: this.#file, line: object.line, column: 1 }
    const [first] = TABLES[object.type].specs
    const message = `this ${object.type} has no name`
    this.#problems.push({ ...place, message, hint: `write its ${first?.name ?? 'name'}` })
  }

  #outside(line: LogicalLine): void {
    const { source, from, to } = line
    const text = source.slice(from, Math.min(to, from + PATH_LENGTH_MAX))
    const equals = text.indexOf('=')
    const kind = text.startsWith('include_file=')
      ? 'file'
      : text.startsWith('include_dir')
        ? 'folder'
        : undefined
    if (kind === undefined) {
      const hint = text.includes('=')
        ? 'this looks like a line of a main file (nagios.cfg)'
        : 'objects are written as `define host {` ... `}`'
      this.#refuse(line, from, `'${shown(text)}' stands outside of a definition`, hint)
      return
    }
    const path = equals < 0 ? '' : text.slice(equals + 1).trim()
    const place = this.#place(line, from)
    if (path !== '') {
      this.#includes.push({ kind, path, place, objectsBefore: this.#objects.length })
    }
  }

  #place(line: LogicalLine, at: number): Place {
    return { file: this.#file, line: line.line, column: at - line.lineStart + 1 }
  }

  #refuse(line: LogicalLine, at: number, message: string, hint?: string): void {
    if (this.#problems.length >= PROBLEMS_MAX) return
    this.#problems.push({ ...this.#place(line, at), message, hint })
  }

  #warn(line: LogicalLine, at: number, message: string, hint?: string): void {
    if (this.#warnings.length >= PROBLEMS_MAX) return
    this.#warnings.push({ ...this.#place(line, at), message, hint })
  }
}

const TYPES: ReadonlySet<string> = new Set(NAGIOS_TYPES)

function isType(word: string): word is NagiosType {
  return TYPES.has(word)
}

/** Texts of others in messages are kept short. */
export function shown(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`
}
