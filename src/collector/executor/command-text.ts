import type { CheckCommand, CommandEnvironment } from '../../domain/check.ts'
import { shellWordsOf } from './shell-words.ts'

export type PluginCommand = Extract<CheckCommand, { kind: 'shell-line' | 'arguments' }>

/** A command as one of the pool's shells takes it. */
export interface CommandText {
  /** One complete simple command, everything in it quoted: no plugin and no configuration can get at the shell itself. */
  readonly text: string
  /** What is executed directly; `undefined` when another shell reads the line. */
  readonly program: string | undefined
}

const BARE = /^[A-Za-z0-9_./:=,%@+-]+$/
const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

/** As data, for a POSIX shell. NUL cannot be in an argument and is dropped. */
export function shellQuoted(text: string): string {
  return BARE.test(text) ? text : `'${text.replaceAll('\0', '').replaceAll("'", `'\\''`)}'`
}

/**
 * A line without anything that only a shell understands is executed directly, as Nagios does; any other is given whole to a shell of its
 * own, so that an unbalanced quote, an `exit` or a here document is that shell's affair.
 */
export function commandTextOf(command: PluginCommand): CommandText {
  const variables = environmentText(command.environment)
  if (command.kind === 'arguments')
    return direct(variables, [command.program, ...command.arguments])
  const words = shellWordsOf(command.line)
  if (words !== undefined && words[0]?.includes('/') === true) return direct(variables, words)
  return { text: `${variables}/bin/sh -c ${shellQuoted(command.line)}`, program: undefined }
}

function direct(variables: string, words: readonly string[]): CommandText {
  const program = words[0] ?? ''
  // Without a slash it could be a builtin of the shell, such as `exit`.
  const begin = program.includes('/') ? '' : '/usr/bin/env -- '
  return { text: variables + begin + words.map(shellQuoted).join(' '), program }
}

function environmentText(environment: CommandEnvironment): string {
  let text = ''
  for (const [name, value] of Object.entries(environment)) {
    if (VARIABLE_NAME.test(name))
      text += `${name}='${value.replaceAll('\0', '').replaceAll("'", `'\\''`)}' `
  }
  return text
}
