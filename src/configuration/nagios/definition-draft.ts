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
  readonly #directives: WrittenDirective[] = []
  #templateName: string | undefined
  #isRegistered = true
  hasName: boolean

  constructor(table: TypeTable, file: string, line: number) {
    this.#table = table
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

  take(line: LogicalLine, report: Report): void {
    const { source, from, to } = line
    const nameEnd = endOfWord(source, from, to)
    const valueFrom = afterBlanks(source, nameEnd, to)
    const name = source.slice(from, nameEnd)
    const value = source.slice(valueFrom, to)
    if (this.#directives.length >= DIRECTIVES_MAX) {
      report.refuse(from, `more than ${DIRECTIVES_MAX} directives in one definition`)
      return
    }
    const column = valueFrom - line.lineStart + 1
    const spec = this.#specOf(name)
    if (spec !== undefined) this.#takeKnown(spec, value, { line, column, name, valueFrom, report })
    else this.#takeOther(name, value, { line, column, name, valueFrom, report })
  }

  /** Of contacts, `address01` is `address1` too: what follows is read as a number. */
  #specOf(name: string): DirectiveSpec | undefined {
    const { bySpelling, type } = this.#table
    const spec = bySpelling.get(name)
    if (spec !== undefined || type !== 'contact' || !name.startsWith('address')) return spec
    return bySpelling.get(`address${readInt(name.slice('address'.length))}`)
  }

  #takeKnown(spec: DirectiveSpec, value: string, taken: Taken): void {
    const { report, valueFrom, name, line } = taken
    if (spec.kind === 'obsolete') {
      report.warn(line.from, `'${name}' has no effect`, 'it is obsolete in Nagios 4 too')
      return
    }
    if (spec.isAliasDeprecated && name !== spec.name) {
      report.warn(line.from, `'${name}' is deprecated`, `write '${spec.name}'`)
    }
    if (spec.kind === 'name') {
      if (this.hasName) report.refuse(line.from, `'${name}' is written twice`)
      this.hasName = true
    }
    if (spec.isNeverEmpty && value === '') {
      report.refuse(line.from, `'${name}' has no value`, 'write `null` for none')
      return
    }
    const fault = faultIn(spec, value)
    if (fault !== undefined) {
      report.refuse(valueFrom, `${fault} in '${name}'`)
      return
    }
    if (spec.kind === 'number' && !isPlainNumber(value)) {
      const hint = 'Nagios reads what stands at the beginning as a number'
      report.warn(valueFrom, `'${value.slice(0, 60)}' in '${name}' is no number`, hint)
    }
    this.#add(spec.name, value, taken, spec.slot)
  }

  #takeOther(name: string, value: string, taken: Taken): void {
    const { report, line } = taken
    if (name === 'use') {
      this.#add(name, value, taken, -1)
    } else if (name === 'name') {
      if (this.#templateName !== undefined) report.refuse(line.from, "'name' is written twice")
      this.#templateName = value
      this.#add(name, value, taken, -1)
    } else if (name === 'register') {
      this.#isRegistered = readInt(value) > 0
      this.#add(name, value, taken, -1)
    } else if (this.#table.hasCustomVariables && name.startsWith('_')) {
      if (name.length > 1) this.#add(upperCased(name), value, taken, -1)
      else report.refuse(line.from, 'a custom variable without a name')
    } else if (this.#table.type === 'timeperiod') {
      this.#takeRange(name, value, taken)
    } else {
      const hint = didYouMean(name, this.#table.bySpelling.keys())
      const message = `unknown directive '${name.slice(0, 60)}' in a ${this.#table.type}`
      report.refuse(line.from, message, hint)
    }
  }

  #takeRange(name: string, value: string, taken: Taken): void {
    const range = rangeOf(`${name} ${value}`)
    if (range.kind === 'fault') {
      taken.report.refuse(taken.line.from, range.message, range.hint)
      return
    }
    this.#add(range.days, range.hours, taken, -1)
  }

  #add(name: string, value: string, taken: Taken, slot: number): void {
    const { line, column } = taken
    this.#directives.push({ name, value, file: this.#file, line: line.line, column, slot })
  }
}

interface Taken {
  readonly line: LogicalLine
  readonly column: number
  readonly name: string
  readonly valueFrom: number
  readonly report: Report
}

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

/** As C's `toupper` in the plain locale. */
function upperCased(name: string): string {
  return name.replaceAll(/[a-z]+/g, (letters) => letters.toUpperCase())
}
