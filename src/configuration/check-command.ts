import type { CommandEnvironment } from '../domain/check.ts'
import type { BuiltinName } from '../domain/check.ts'
import type { ValueOf } from './definitions.ts'

type Written = NonNullable<ValueOf<'services'>['checkCommand']>

/** Instead of a command: results come from outside. */
export const PASSIVE = 'passive'

export type OptionValue = string | number | boolean | readonly (string | number | boolean)[]
export type Options = Readonly<Record<string, OptionValue>>

/** What an object says it is checked with. */
export type CalledCommand =
  | { readonly kind: 'named'; readonly name: string; readonly arguments: readonly string[] }
  | InlineCommand

/** What a command is, not yet filled with the macros of an object. */
export type InlineCommand =
  | {
      readonly kind: 'line'
      readonly line: string
      readonly environment: CommandEnvironment | undefined
      /** Macros that nobody knows stay as they are written. */
      readonly isLenient: boolean
    }
  | {
      readonly kind: 'arguments'
      readonly arguments: readonly string[]
      readonly environment: CommandEnvironment | undefined
    }
  | { readonly kind: 'builtin'; readonly builtin: BuiltinName; readonly options: Options }

/** `undefined` when nothing usable is written. */
export function parseCheckCommand(written: Written | null | undefined): CalledCommand | undefined {
  if (written === undefined || written === null) return undefined
  if (typeof written === 'string') {
    const [name = '', ...rest] = splitAtMarks(written)
    return { kind: 'named', name, arguments: rest }
  }
  if ('command' in written && typeof written.command === 'string' && !('builtin' in written)) {
    const given = Array.isArray(written.arguments) ? written.arguments : []
    return { kind: 'named', name: written.command, arguments: given.map(String) }
  }
  return parseCommand(written as ValueOf<'commands'>)
}

/** `undefined` when the definition had faults. */
export function parseCommand(written: ValueOf<'commands'>): InlineCommand | undefined {
  if ('builtin' in written && typeof written.builtin === 'string') {
    const { builtin, ...options } = written
    return { kind: 'builtin', builtin, options }
  }
  const environment = written.environment as CommandEnvironment | undefined
  if ('line' in written && typeof written.line === 'string') {
    const isLenient = 'unknownMacros' in written && written.unknownMacros === 'literal'
    return { kind: 'line', line: written.line, environment, isLenient }
  }
  if ('arguments' in written && Array.isArray(written.arguments)) {
    return { kind: 'arguments', arguments: written.arguments.map(String), environment }
  }
  return undefined
}

/** `check!a\!b!c` is `check`, `a!b`, `c`. */
function splitAtMarks(text: string): readonly string[] {
  if (!text.includes('!')) return [text]
  return text.split(/(?<!\\)!/).map((part) => part.replaceAll('\\!', '!'))
}
