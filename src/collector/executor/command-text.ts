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
/** Variables that some shell reads itself when they are assigned, and may end of: `env` sets them behind its back. */
const SHELLS_OWN = /^(?:OPTIND|LINENO|PPID|E?UID|BASHOPTS|SHELLOPTS|BASH_\w+|IFS|PS[0-9]|_)$/
const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

/** As data, for a POSIX shell. NUL cannot be in an argument and is dropped. */
export function shellQuoted(text: string): string {
  return BARE.test(text) ? text : quoted(text)
}

function quoted(text: string): string {
  return `'${text.replaceAll('\0', '').replaceAll("'", `'\\''`)}'`
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
  const [program = '', ...rest] = words
  const text = [quotedProgram(program), ...rest.map(shellQuoted)].join(' ')
  return { text: variables + text, program }
}

/** Without a slash it could be a builtin of the shell, such as `exit`; with an equals sign an assignment. */
function quotedProgram(program: string): string {
  if (!program.includes('/')) return `/bin/sh -c 'exec "$0" "$@"' ${shellQuoted(program)}`
  return program.includes('=') ? quoted(program) : shellQuoted(program)
}

function environmentText(environment: CommandEnvironment): string {
  let text = ''
  let shellsOwn = ''
  for (const [name, value] of Object.entries(environment)) {
    if (!VARIABLE_NAME.test(name)) continue
    const assignment = `${name}=${quoted(value)} `
    if (SHELLS_OWN.test(name)) shellsOwn += assignment
    else text += assignment
  }
  return shellsOwn === '' ? text : `${text}/usr/bin/env ${shellsOwn}`
}
