import { Option, type Command } from 'commander'
import { createClient, type Client } from './client.ts'
import { resolveConnection, type ConnectionFlags } from './connection.ts'
import { CommandFailed, EXIT } from './exit.ts'
import { FORMATS, type Format } from './format.ts'
import { createTerminal, type Terminal } from './terminal.ts'

/** What commands that talk to a hub have in common. */
export interface HubCommand {
  readonly terminal: Terminal
  readonly client: Client
  readonly format: Format
  readonly hasHeader: boolean
}

interface HubFlags extends ConnectionFlags {
  readonly output?: Format
  readonly headers?: boolean
  readonly quiet?: boolean
}

/** @param timeout what `--timeout` means, where it is not the time until the answer */
export function withHubOptions(
  command: Command,
  timeout = 'wait this long for an answer (default 30s)',
): Command {
  return command
    .option('--server <url>', 'address of the hub (PARALLAX_SERVER)')
    .option('--token <token>', 'API token (PARALLAX_TOKEN, PARALLAX_TOKEN_FILE)')
    .option('--data <folder>', 'data folder of a hub on this machine, to sign in as its user')
    .option('--timeout <seconds>', timeout)
    .option('-q, --quiet', 'say nothing but data')
}

export function withFormat(command: Command): Command {
  return command
    .addOption(new Option('-o, --output <format>', 'how to print').choices(FORMATS))
    .option('--no-headers', 'without the line of titles')
}

/** Longer than a hub compiles before it gives up: 120 s, and a collector's answer. */
export const COMPILE_MS_MAX = 160_000

/**
 * Reads the common flags of a running command. `table` for people, `ndjson` is never guessed.
 * @param answerMsMin wait at least so long for an answer, whatever `--timeout` says
 */
export function hubCommand(command: Command, answerMsMin = 0): HubCommand {
  const flags: HubFlags = command.optsWithGlobals()
  const connection = resolveConnection(flags)
  const timeoutMs = Math.max(connection.timeoutMs, answerMsMin)
  return {
    terminal: createTerminal(flags.quiet === true),
    client: createClient({ ...connection, timeoutMs }),
    format: flags.output ?? 'table',
    hasHeader: flags.headers !== false,
  }
}

/** Examples come before everything else in `--help`. */
export function withExamples(
  command: Command,
  examples: readonly (readonly [line: string, what: string])[],
): Command {
  const width = Math.max(...examples.map(([line]) => line.length))
  const lines = examples.map(([line, what]) => `  ${line.padEnd(width)}  # ${what}`)
  return command.addHelpText('before', `Examples:\n${lines.join('\n')}\n`)
}

/** A whole number within bounds. */
export function countOf(text: string, flag: string, max: number): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > max)
    throw new CommandFailed(
      EXIT.usage,
      `${flag}: '${text}' cannot be used`,
      `write a number from 1 to ${max}`,
    )
  return value
}
