import { DEFAULT_FLAPPING, type StatePolicy } from '../domain/fleet.ts'
import { piecesOf } from '../domain/macros.ts'
import { unquotableIn } from '../domain/shell-quoting.ts'
import { parseCheckCommand, parseCommand, PASSIVE, type InlineCommand } from './check-command.ts'
import { asList, type Definitions, type ValueOf } from './definitions.ts'
import { durationMs } from './duration.ts'
import { plannedDecision, type PlannedDecision } from './observers.ts'
import { placeOf, type Resolved, type Settled } from './inheritance.ts'
import type { Place, Problems } from './problem.ts'

export type HostValues = Settled<ValueOf<'hostTemplates'>>
export type ServiceValues = Settled<ValueOf<'serviceTemplates'>>

/** What checks of one definition have in common, before macros are filled. */
export interface CheckPlan {
  readonly intervalMs: number
  readonly retryIntervalMs: number
  readonly maxAttempts: number
  readonly timeoutMs: number
  readonly period: string | undefined
  readonly isOnDemand: boolean
  readonly refusesPassive: boolean
  readonly freshnessMs: number | undefined
  readonly statePolicy: StatePolicy
  readonly notices: PlannedNotices
  readonly decision: PlannedDecision
  readonly command: PlannedCommand
  /** `undefined` without one. */
  readonly handler: PlannedCommand | undefined
  readonly isHandlerEnabled: boolean
}

export type PlannedCommand =
  | { readonly kind: 'passive' }
  /** Something was wrong with it and has been reported. */
  | { readonly kind: 'broken' }
  | {
      readonly kind: 'run'
      readonly command: InlineCommand
      readonly arguments: readonly string[]
      /** As Nagios writes the call: `name!first!second`; empty for a command without a name. */
      readonly text: string
      /** Of a part of the command, such as `line`. */
      readonly placeOfPart: (part: readonly PropertyKey[]) => Place
      /** Where the object names the command. */
      readonly placeOfCall: () => Place
    }

const DEFAULTS = { intervalMs: 300_000, retryIntervalMs: 60_000, timeoutMs: 60_000, attempts: 3 }

/** What is written of notifications; `undefined` where nothing is: a service then takes what its host says. */
export interface PlannedNotices {
  readonly isEnabled: boolean
  readonly intervalMs: number | undefined
  readonly firstDelayMs: number
  readonly period: string | undefined
  readonly options: string
  readonly contacts: readonly string[] | undefined
  readonly contactGroups: readonly string[] | undefined
}

function noticesOf(values: HostValues | ServiceValues): PlannedNotices {
  return {
    isEnabled: values.notificationsEnabled ?? true,
    intervalMs: msOf(values.notificationInterval),
    firstDelayMs: msOf(values.firstNotificationDelay) ?? 0,
    period: values.notificationPeriod,
    options: optionLetters(values.notificationOptions),
    contacts: sorted(values.contacts),
    contactGroups: sorted(values.contactGroups),
  }
}

/** The order of who is told says nothing. */
function sorted(names: string | readonly string[] | undefined): readonly string[] | undefined {
  return names === undefined ? undefined : [...new Set(asList(names))].sort()
}

/** `all` when nothing is said, nothing for `n`. */
export function optionLetters(written: string | readonly string[] | null | undefined): string {
  if (written === undefined || written === null) return 'all'
  const letters = asList(written)
  return letters.includes('n') ? '' : [...new Set(letters)].sort().join('')
}

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
      isOnDemand: values.activeChecksEnabled === false,
      refusesPassive: values.passiveChecksEnabled === false,
      freshnessMs: msOf(values.freshnessThreshold),
      statePolicy: this.#intern(this.#policy(resolved, maxAttempts)),
      notices: this.#intern(noticesOf(values)),
      decision: this.#intern(plannedDecision(values)),
      command: this.command(resolved, 'checkCommand'),
      handler:
        values.eventHandler === undefined ? undefined : this.command(resolved, 'eventHandler'),
      isHandlerEnabled: values.eventHandlerEnabled ?? true,
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
    const stalking = [...new Set(asList(values.stalkingOptions))].sort().join('')
    return {
      maxAttempts,
      ...(stalking === '' ? {} : { stalking }),
      isVolatile: 'isVolatile' in values && values.isVolatile === true,
      flapping: this.#intern({
        isEnabled: values.flapDetectionEnabled ?? DEFAULT_FLAPPING.isEnabled,
        lowPercent,
        highPercent,
        options:
          [...asList(values.flapDetectionOptions)].sort().join('') || DEFAULT_FLAPPING.options,
      }),
    }
  }

  command(
    resolved: Resolved<HostValues | ServiceValues>,
    key: 'checkCommand' | 'eventHandler',
  ): PlannedCommand {
    const written = resolved.values[key]
    if (written === undefined) return { kind: 'passive' }
    return this.called(written, (part) => placeOf(resolved, key, part))
  }

  /** `placeOfCall` of a part of what is written, such as `line`; without a part, of all of it. */
  called(
    written: NonNullable<HostValues['checkCommand']>,
    placeOfCall: (part: readonly PropertyKey[]) => Place,
  ): PlannedCommand {
    const called = parseCheckCommand(written)
    if (called === undefined) return { kind: 'broken' }
    if (called.kind !== 'named') {
      this.#refuseUnquotable(called, () => placeOfCall(['line']))
      return {
        kind: 'run',
        command: called,
        arguments: [],
        text: '',
        placeOfPart: placeOfCall,
        placeOfCall: () => placeOfCall([]),
      }
    }
    const definition = this.#definitions.commands.get(called.name)
    if (definition === undefined && called.name === PASSIVE) return { kind: 'passive' }
    const command = definition === undefined ? undefined : parseCommand(definition.value)
    if (definition === undefined || command === undefined) return { kind: 'broken' }
    return {
      kind: 'run',
      command,
      arguments: called.arguments,
      text: typeof written === 'string' ? written : [called.name, ...called.arguments].join('!'),
      placeOfPart: (part) => definition.origin.place(part),
      placeOfCall: () => placeOfCall([]),
    }
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
