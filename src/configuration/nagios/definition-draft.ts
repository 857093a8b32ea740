import { didYouMean } from '../problem.ts'
import type { DirectiveSpec, TypeTable } from './directives.ts'
import { afterBlanks, endOfWord, type LogicalLine } from './lines.ts'
import { isPlainNumber, readInt } from './numbers.ts'
import { readOptions } from './options.ts'
import { rangeOf } from './period-days.ts'
import type { WrittenDirective, WrittenObject } from './written.ts'

/** More directives than these in one definition are refused. */
const DIRECTIVES_MAX = 10_000

export interface Report {
  /** `at` is an index in the line. */
  refuse(at: number, message: string, hint?: string): void
  warn(at: number, message: string, hint?: string): void
}

/** One definition while its lines are read. */
export class DefinitionDraft {
  readonly line: number
  readonly #table: TypeTable
  readonly #file: string
  readonly #report: Report
  readonly #directives: WrittenDirective[] = []
  #templateName: string | undefined
  #isRegistered = true
  hasName: boolean

  constructor(
    table: TypeTable,
    report: Report,
    { file, line }: { readonly file: string; readonly line: number },
  ) {
    this.#table = table
    this.#report = report
    this.#file = file
    this.line = line
    this.hasName = table.nameSlot < 0
  }

  object(): WrittenObject {
    return {
      type: this.#table.type,
      directives: this.#directives,
      file: this.#file,
      line: this.line,
      templateName: this.#templateName,
      isRegistered: this.#isRegistered,
    }
  }

  take(line: LogicalLine): void {
    const { source, from, to } = line
    const nameEnd = endOfWord(source, from, to)
    const name = source.slice(from, nameEnd)
    const value = source.slice(afterBlanks(source, nameEnd, to), to)
    if (this.#directives.length >= DIRECTIVES_MAX) {
      this.#report.refuse(from, `more than ${DIRECTIVES_MAX} directives in one definition`)
      return
    }
    const spec = this.#specOf(name)
    if (spec === undefined) this.#takeOther(name, value, line)
    else if (this.#isRight(spec, name, { value, line })) this.#add(spec, value, line)
  }

  /** Of contacts, `address01` is `address1` too: what follows is read as a number. */
  #specOf(name: string): DirectiveSpec | undefined {
    const { bySpelling, type } = this.#table
    const spec = bySpelling.get(name)
    if (spec !== undefined || type !== 'contact' || !name.startsWith('address')) return spec
    return bySpelling.get(`address${readInt(name.slice('address'.length))}`)
  }

  #isRight(
    spec: DirectiveSpec,
    name: string,
    { value, line }: { readonly value: string; readonly line: LogicalLine },
  ): boolean {
    const { from, to } = line
    if (spec.kind === 'obsolete') {
      this.#report.warn(from, `'${name}' has no effect`, 'it is obsolete in Nagios 4 too')
      return false
    }
    if (spec.isAliasDeprecated && name !== spec.name) {
      this.#report.warn(from, `'${name}' is deprecated`, `write '${spec.name}'`)
    }
    if (spec.kind === 'name') {
      if (this.hasName) this.#report.refuse(from, `'${name}' is written twice`)
      this.hasName = true
    }
    if (spec.isNeverEmpty && value === '') {
      this.#report.refuse(from, `'${name}' has no value`, 'write `null` for none')
      return false
    }
    const fault = faultIn(spec, value)
    if (fault !== undefined) {
      this.#report.refuse(to - value.length, `${fault} in '${name}'`)
      return false
    }
    if (spec.kind === 'number' && !isPlainNumber(value)) {
      const hint = 'Nagios reads what stands at the beginning as a number'
      const message = `'${value.slice(0, 60)}' in '${name}' is no number`
      this.#report.warn(to - value.length, message, hint)
    }
    return true
  }

  #takeOther(name: string, value: string, line: LogicalLine): void {
    const report = this.#report
    if (name === 'use') {
      this.#add(USE, value, line)
    } else if (name === 'name') {
      if (this.#templateName !== undefined) report.refuse(line.from, "'name' is written twice")
      this.#templateName = value
      this.#add(NAME, value, line)
    } else if (name === 'register') {
      this.#isRegistered = readInt(value) > 0
      this.#add(REGISTER, value, line)
    } else if (this.#table.hasCustomVariables && name.startsWith('_')) {
      if (name.length > 1) this.#add({ name: upperCased(name), slot: -1 }, value, line)
      else report.refuse(line.from, 'a custom variable without a name')
    } else if (this.#table.type === 'timeperiod') {
      this.#takeRange(name, value, line)
    } else {
      const hint = didYouMean(name, this.#table.bySpelling.keys())
      const message = `unknown directive '${name.slice(0, 60)}' in a ${this.#table.type}`
      report.refuse(line.from, message, hint)
    }
  }

  #takeRange(name: string, value: string, line: LogicalLine): void {
    const range = rangeOf(`${name} ${value}`)
    if (range.kind === 'fault') this.#report.refuse(line.from, range.message, range.hint)
    else {
      const { file, column } = this.#place(value, line)
      const { days, hours } = range
      this.#directives.push({ name: days, value: hours, file, line: line.line, column, slot: -1 })
    }
  }

  #place(value: string, line: LogicalLine): { readonly file: string; readonly column: number } {
    return { file: this.#file, column: line.to - value.length - line.lineStart + 1 }
  }

  #add(spec: Pick<DirectiveSpec, 'name' | 'slot'>, value: string, line: LogicalLine): void {
    this.#directives.push({
      name: spec.name,
      value,
      file: this.#file,
      line: line.line,
      column: line.to - value.length - line.lineStart + 1,
      slot: spec.slot,
    })
  }
}

const USE = { name: 'use', slot: -1 }
const NAME = { name: 'name', slot: -1 }
const REGISTER = { name: 'register', slot: -1 }

function faultIn(spec: DirectiveSpec, value: string): string | undefined {
  if (spec.options !== undefined) {
    const { unknown } = readOptions(value, spec.options)
    return unknown === undefined ? undefined : `unknown option '${unknown.slice(0, 60)}'`
  }
  if (spec.states !== undefined && !Object.hasOwn(spec.states, value)) {
    return `unknown state '${value.slice(0, 60)}'`
  }
  if (spec.kind === 'coordinates') {
    const wanted = spec.name === '2d_coords' ? 2 : 3
    const given = value.split(/[, ]/).filter((part) => part !== '').length
    return given < wanted ? `${wanted} numbers are needed` : undefined
  }
  return undefined
}

/** As C's `toupper` in the plain locale. Names are few and objects many, so each name is made once. */
function upperCased(name: string): string {
  let upper = UPPER.get(name)
  if (upper === undefined) {
    upper = name.replaceAll(/[a-z]+/g, (letters) => letters.toUpperCase())
    if (UPPER.size < UPPER_MAX) UPPER.set(name, upper)
  }
  return upper
}

const UPPER_MAX = 1000
const UPPER = new Map<string, string>()
