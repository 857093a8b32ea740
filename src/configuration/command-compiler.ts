import type { CheckCommand, CommandEnvironment, BuiltinOptions } from '../domain/check.ts'
import { BUILTIN_OPTIONS, withDefaultHost } from '../domain/builtin-options.ts'
import type { InlineCommand, Options, OptionValue } from './check-command.ts'
import type { Expander, Expanded, Lookup, Refuse } from './expansion.ts'
import { didYouMean } from './problem.ts'

export interface CompiledCommand {
  readonly command: CheckCommand
  /** As people may see it. */
  readonly shown: string
}

/** Says at which part of the command (`line`, an option's name ...) something is wrong. */
export type RefusePart = (
  part: readonly PropertyKey[],
  key: string,
  message: string,
  hint?: string,
) => void

const NO_ENVIRONMENT: CommandEnvironment = Object.freeze({})
export const PASSIVE_COMMAND: CompiledCommand = { command: { kind: 'passive' }, shown: '' }

type OptionFault = readonly [option: string, message: string, hint: string | undefined]
type Parsed = { readonly options: BuiltinOptions } | { readonly faults: readonly OptionFault[] }

/** Fills commands with the macros of each check. Equal environments and options become one object. */
export class CommandCompiler {
  readonly #expander: Expander
  readonly #environments = new Map<string, CommandEnvironment>()
  readonly #parsed = new Map<string, Parsed>()

  constructor(expander: Expander) {
    this.#expander = expander
  }

  /** `undefined` when it cannot be run; `refuse` was told why. */
  compile(command: InlineCommand, lookup: Lookup, refuse: RefusePart): CompiledCommand | undefined {
    switch (command.kind) {
      case 'line':
        return this.#line(command, lookup, refuse)
      case 'arguments':
        return this.#arguments(command, lookup, refuse)
      case 'builtin':
        return this.#builtin(command, lookup, refuse)
    }
  }

  #line(
    command: Extract<InlineCommand, { kind: 'line' }>,
    lookup: Lookup,
    refuse: RefusePart,
  ): CompiledCommand {
    const known = command.isLenient ? leniently(lookup) : lookup
    const line = this.#expander.line(command.line, known, at(refuse, ['line']))
    return {
      command: {
        kind: 'shell-line',
        line: line.text,
        hasRuntimeMacros: line.hasRuntimeMacros,
        environment: this.#environment(command.environment, lookup, refuse),
      },
      shown: line.shown,
    }
  }

  #arguments(
    command: Extract<InlineCommand, { kind: 'arguments' }>,
    lookup: Lookup,
    refuse: RefusePart,
  ): CompiledCommand {
    const filled = command.arguments.map((argument, index) =>
      this.#expander.text(argument, lookup, at(refuse, ['arguments', index])),
    )
    const hasRuntimeMacros = filled.some((argument) => argument.hasRuntimeMacros)
    const [program = '', ...rest] = filled.map((argument) => escapedIf(hasRuntimeMacros, argument))
    return {
      command: {
        kind: 'arguments',
        program,
        arguments: rest,
        hasRuntimeMacros,
        environment: this.#environment(command.environment, lookup, refuse),
      },
      shown: filled.map((argument) => shownWord(argument.shown)).join(' '),
    }
  }

  #environment(
    written: CommandEnvironment | undefined,
    lookup: Lookup,
    refuse: RefusePart,
  ): CommandEnvironment {
    if (written === undefined) return NO_ENVIRONMENT
    const sorted = Object.entries(written).sort(([a], [b]) => (a < b ? -1 : 1))
    const filled = sorted.map(([name, value]) => {
      const expanded = this.#expander.text(value, lookup, at(refuse, ['environment', name]))
      if (expanded.hasRuntimeMacros) refuse(['environment', name], name, NO_RUNTIME)
      return [name, expanded.text] as const
    })
    const key = JSON.stringify(filled)
    const environment = this.#environments.get(key) ?? Object.freeze(Object.fromEntries(filled))
    this.#environments.set(key, environment)
    return environment
  }

  #builtin(
    command: Extract<InlineCommand, { kind: 'builtin' }>,
    lookup: Lookup,
    refuse: RefusePart,
  ): CompiledCommand | undefined {
    const written = withDefaultHost(command.builtin, command.options) as Options
    const shown: string[] = [command.builtin]
    const order = Object.keys(BUILTIN_OPTIONS[command.builtin].shape)
    const entries = Object.entries(written).sort(([a], [b]) => order.indexOf(a) - order.indexOf(b))
    const filled = entries.map(([name, value]) => {
      const [option, visible] = this.#option(value, lookup, at(refuse, [name]))
      shown.push(`${name}=${shownWord(visible)}`)
      return [name, option] as const
    })
    const key = `${command.builtin}\0${JSON.stringify(filled)}`
    const parsed =
      this.#parsed.get(key) ?? parseOptions(command.builtin, Object.fromEntries(filled))
    this.#parsed.set(key, parsed)
    if ('options' in parsed) {
      return {
        command: { kind: 'builtin', builtin: command.builtin, options: parsed.options },
        shown: shown.join(' '),
      }
    }
    for (const [option, message, hint] of parsed.faults)
      refuse([option], option + message, message, hint)
    return undefined
  }

  #option(
    value: OptionValue,
    lookup: Lookup,
    refuse: Refuse,
  ): readonly [filled: unknown, shown: string] {
    if (Array.isArray(value)) {
      const items = (value as OptionValue[]).map((item) => this.#option(item, lookup, refuse))
      return [items.map(([item]) => String(item)), items.map(([, shown]) => shown).join(',')]
    }
    if (typeof value !== 'string') return [value, String(value)]
    const expanded = this.#expander.text(value, lookup, refuse)
    if (expanded.hasRuntimeMacros) refuse('runtime', NO_RUNTIME, undefined)
    return [expanded.text, expanded.shown]
  }
}

/** As Nagios does: $USERn$ that is not set is empty, any other macro that nobody knows is no macro. */
function leniently(lookup: Lookup): Lookup {
  return (name, of) => {
    const value = lookup(name, of)
    if (value.kind !== 'unknown') return value
    const written = of === undefined ? name : `${name}:${of}`
    const text = /^USER\d+$/.test(name) ? '' : `$${written}$`
    return { kind: 'literal', text, isSecret: false }
  }
}

const NO_RUNTIME = 'what only a run knows cannot stand here'

function at(refuse: RefusePart, part: readonly PropertyKey[]): Refuse {
  return (macro, message, hint) => refuse(part, macro, message, hint)
}

function escapedIf(isEscaped: boolean, argument: Expanded): string {
  return isEscaped && !argument.hasRuntimeMacros
    ? argument.text.replaceAll('$', '$$$$')
    : argument.text
}

function shownWord(text: string): string {
  return text === '' || /[\s'"]/.test(text) ? JSON.stringify(text) : text
}

function parseOptions(
  builtin: keyof typeof BUILTIN_OPTIONS,
  options: Record<string, unknown>,
): Parsed {
  const schema = BUILTIN_OPTIONS[builtin]
  const parsed = schema.safeParse(options)
  if (parsed.success) {
    const given = Object.entries(parsed.data).filter(([, value]) => value !== undefined)
    return { options: Object.freeze(Object.fromEntries(given)) as BuiltinOptions }
  }
  const keys = Object.keys(schema.shape)
  const faults = parsed.error.issues.flatMap((issue): OptionFault[] => {
    const option = String(issue.path[0] ?? '')
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => [
        key,
        `unknown option '${key}' of ${builtin}`,
        didYouMean(key, keys) ?? `known are ${keys.join(', ')}`,
      ])
    }
    if (options[option] === undefined && issue.code !== 'custom') {
      return [[option, `${builtin} needs '${option}'`, undefined]]
    }
    const message = issue.message.charAt(0).toLowerCase() + issue.message.slice(1)
    return [[option, `${option}: ${message}`, undefined]]
  })
  return { faults }
}
