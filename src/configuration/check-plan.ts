import { DEFAULT_FLAPPING, type StatePolicy } from '../domain/fleet.ts'
import { piecesOf } from '../domain/macros.ts'
import { unquotableIn } from '../domain/shell-quoting.ts'
import { parseCheckCommand, parseCommand, PASSIVE, type InlineCommand } from './check-command.ts'
import { asList, type Definitions, type ValueOf } from './definitions.ts'
import { durationMs } from './duration.ts'
import { placeOf, type Resolved } from './inheritance.ts'
import type { Place, Problems } from './problem.ts'

export type HostValues = ValueOf<'hostTemplates'>
export type ServiceValues = ValueOf<'serviceTemplates'>

/** What checks of one definition have in common, before macros are filled. */
export interface CheckPlan {
  readonly intervalMs: number
  readonly retryIntervalMs: number
  readonly maxAttempts: number
  readonly timeoutMs: number
  readonly period: string | undefined
  readonly statePolicy: StatePolicy
  readonly contacts: readonly string[]
  readonly contactGroups: readonly string[]
  readonly command: PlannedCommand
}

export type PlannedCommand =
  | { readonly kind: 'passive' }
  /** Something was wrong with it and has been reported. */
  | { readonly kind: 'broken' }
  | {
      readonly kind: 'run'
      readonly command: InlineCommand
      readonly arguments: readonly string[]
      /** Of a part of the command, such as `line`. */
      readonly placeOfPart: (part: readonly PropertyKey[]) => Place
      /** Where the object names the command. */
      readonly placeOfCall: () => Place
    }

const DEFAULTS = { intervalMs: 300_000, retryIntervalMs: 60_000, timeoutMs: 60_000, attempts: 3 }

/** Makes plans; equal policies and lists become one object. */
export class CheckPlanner {
  readonly #definitions: Definitions
  readonly #problems: Problems
  readonly #interned = new Map<string, unknown>()

  constructor(definitions: Definitions, problems: Problems) {
    this.#definitions = definitions
    this.#problems = problems
    for (const { value, origin } of definitions.commands.values()) {
      const command = parseCommand(value)
      if (command !== undefined) this.#refuseUnquotable(command, () => origin.place(['line']))
    }
  }

  plan(resolved: Resolved<HostValues | ServiceValues>): CheckPlan {
    const { values } = resolved
    const maxAttempts = values.maxCheckAttempts ?? DEFAULTS.attempts
    return {
      intervalMs: msOf(values.checkInterval) ?? DEFAULTS.intervalMs,
      retryIntervalMs: msOf(values.retryInterval) ?? DEFAULTS.retryIntervalMs,
      timeoutMs: msOf(values.checkTimeout) ?? DEFAULTS.timeoutMs,
      maxAttempts,
      period: values.checkPeriod,
      statePolicy: this.#intern(this.#policy(resolved, maxAttempts)),
      contacts: this.#intern(asList(values.contacts)),
      contactGroups: this.#intern(asList(values.contactGroups)),
      command: this.#command(resolved),
    }
  }

  #policy(resolved: Resolved<HostValues | ServiceValues>, maxAttempts: number): StatePolicy {
    const { values } = resolved
    const lowPercent = values.lowFlapThreshold ?? DEFAULT_FLAPPING.lowPercent
    const highPercent = values.highFlapThreshold ?? DEFAULT_FLAPPING.highPercent
    if (lowPercent > highPercent) {
      const key = 'lowFlapThreshold' in resolved.sources ? 'lowFlapThreshold' : 'highFlapThreshold'
      this.#problems.add(placeOf(resolved, key), 'lowFlapThreshold is above highFlapThreshold')
    }
    return {
      maxAttempts,
      isVolatile: 'isVolatile' in values && values.isVolatile === true,
      flapping: this.#intern({
        isEnabled: values.flapDetectionEnabled ?? DEFAULT_FLAPPING.isEnabled,
        lowPercent,
        highPercent,
        options: asList(values.flapDetectionOptions).join('') || DEFAULT_FLAPPING.options,
      }),
    }
  }

  #command(resolved: Resolved<HostValues | ServiceValues>): PlannedCommand {
    const written = resolved.values.checkCommand
    if (written === undefined) return { kind: 'passive' }
    const called = parseCheckCommand(written)
    if (called === undefined) return { kind: 'broken' }
    const placeOfCall = (): Place => placeOf(resolved, 'checkCommand')
    if (called.kind !== 'named') {
      const placeOfPart = (part: readonly PropertyKey[]): Place =>
        placeOf(resolved, 'checkCommand', part)
      this.#refuseUnquotable(called, () => placeOfPart(['line']))
      return { kind: 'run', command: called, arguments: [], placeOfPart, placeOfCall }
    }
    if (called.name === PASSIVE) return { kind: 'passive' }
    const definition = this.#definitions.commands.get(called.name)
    const command = definition === undefined ? undefined : parseCommand(definition.value)
    if (definition === undefined || command === undefined) return { kind: 'broken' }
    const placeOfPart = (part: readonly PropertyKey[]): Place => definition.origin.place(part)
    return { kind: 'run', command, arguments: called.arguments, placeOfPart, placeOfCall }
  }

  #refuseUnquotable(command: InlineCommand, placeOfLine: () => Place): void {
    if (command.kind !== 'line' || !piecesOf(command.line).some((piece) => piece.kind === 'macro'))
      return
    const found = unquotableIn(command.line)
    if (found === undefined) return
    this.#problems.add(
      placeOfLine(),
      `macros cannot be quoted in a line with a ${found}`,
      'put the script into a file and pass the values as arguments',
    )
  }

  #intern<T>(value: T): T {
    const key = JSON.stringify(value)
    const known = this.#interned.get(key) as T | undefined
    if (known !== undefined) return known
    this.#interned.set(key, Object.freeze(value))
    return value
  }
}

function msOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : durationMs(text)
}
