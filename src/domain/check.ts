import type { CheckId } from './check-id.ts'

/** What a collector needs to run one check: a host's own or a service's. All macros of the configuration are expanded. */
export interface Check {
  readonly id: CheckId
  readonly hostName: string
  readonly serviceName: string | undefined
  readonly intervalMs: number
  readonly retryIntervalMs: number
  readonly maxAttempts: number
  readonly timeoutMs: number
  /** Name of a time period; `undefined` is always. */
  readonly period: string | undefined
  readonly command: CheckCommand
  /** Only when somebody asks, never by schedule. Absent is no. */
  readonly isOnDemand?: true
  /** Results from outside are refused. Absent is no. */
  readonly refusesPassive?: true
  /** A result older than this is stale, also of a check that is not run by schedule. Absent: the horizon follows from the interval. */
  readonly freshnessMs?: number
  /** Other clusters run it, too. In plans only; absent: one cluster runs it. */
  readonly shared?: SharedCheck
}

/** The place of one cluster among those that run a check: their slots lie evenly over the interval. */
export interface SharedCheck {
  /** Clusters that run it: two or more. */
  readonly observers: number
  /** Which of them this one is, from 0. */
  readonly index: number
}

/** Whether it is run by schedule. */
export function isScheduled({ command, isOnDemand }: Check): boolean {
  return command.kind !== 'passive' && isOnDemand !== true
}

export type CheckCommand =
  /** A shell line, as Nagios runs it. `$NAME$` that only a run can fill (state, attempt, date) is still in it when
   *  `hasRuntimeMacros`, and `$$` is then a dollar: `fillRuntimeMacros` of `macros.ts` makes the line that runs. */
  | {
      readonly kind: 'shell-line'
      readonly line: string
      readonly hasRuntimeMacros: boolean
      readonly environment: CommandEnvironment
    }
  /** One string per argument: always data, never read by a shell. */
  | {
      readonly kind: 'arguments'
      readonly program: string
      readonly arguments: readonly string[]
      readonly hasRuntimeMacros: boolean
      readonly environment: CommandEnvironment
    }
  /** Runs inside the collector. `options` were validated by the built-in's own schema at compile time. */
  | { readonly kind: 'builtin'; readonly builtin: BuiltinName; readonly options: BuiltinOptions }
  /** Results are submitted from outside. */
  | { readonly kind: 'passive' }

export type CommandEnvironment = Readonly<Record<string, string>>
export type BuiltinOptions = Readonly<Record<string, string | number | boolean | readonly string[]>>

export const BUILTIN_NAMES = [
  'ping',
  'tcp',
  'http',
  'tls',
  'dns',
  'cpu',
  'load',
  'memory',
  'disk',
  'process',
  'clock',
  'parallax',
] as const
export type BuiltinName = (typeof BUILTIN_NAMES)[number]
