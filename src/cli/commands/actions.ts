import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { z } from 'zod'
import { passiveAnswer, recheckAnswer, type PassiveResultInput } from '../../wire/api/actions.ts'
import { counted } from '../../base/words.ts'
import { checkNameOf, type CheckId } from '../../domain/check-id.ts'
import {
  COMPILE_MS_MAX,
  hubCommand,
  withExamples,
  withHubOptions,
  type HubCommand,
} from '../command.ts'
import { CommandFailed, EXIT } from '../exit.ts'
import { displayName, objectIdOf } from '../object-name.ts'

export function addActions(program: Command): void {
  addRecheck(program)
  addSubmit(program)
  addReload(program)
}

function addRecheck(program: Command): void {
  const command = program
    .command('recheck')
    .argument('<objects...>', 'hosts, or host/service')
    .description('check now instead of at the next due time')
  withExamples(command, [
    ['parallax recheck web-01/http', 'one service'],
    ['parallax recheck web-01 web-02', 'the checks of two hosts themselves'],
    ["parallax get problems -o name | xargs -d '\\n' parallax recheck", 'all that is wrong'],
  ])
  withHubOptions(command).action(async (names: string[], _flags: object, self: Command) => {
    const { terminal, client } = hubCommand(self)
    const ids = [...new Set(names.map(objectIdOf))]
    const answer = await client.post('/api/v1/recheck', { ids }, recheckAnswer)
    terminal.say(`${answer.accepted} of ${ids.length} will be checked now`)
    if (answer.passive.length > 0) {
      terminal.say(
        `passive, their results are handed in: ${answer.passive.map(displayName).join(', ')}`,
      )
    }
    if (answer.unknown.length > 0)
      throw new CommandFailed(
        answer.accepted > 0 ? EXIT.partial : EXIT.notFound,
        `not configured: ${answer.unknown.map(displayName).join(', ')}`,
      )
  })
}

interface SubmitFlags {
  readonly file?: string
  readonly at?: string
}

const CODES: Readonly<Record<string, number>> = {
  '0': 0,
  '1': 1,
  '2': 2,
  '3': 3,
  ok: 0,
  up: 0,
  warning: 1,
  down: 1,
  critical: 2,
  unknown: 3,
}

function addSubmit(program: Command): void {
  const command = program
    .command('submit')
    .argument(
      '[result...]',
      'host or host/service; ok, warning, critical, unknown, up, down or 0 to 3; plugin output with performance data after |',
    )
    .usage('[options] [<object> <state> [output]]')
    .description('hand in a result that something else found (passive check)')
    .option('--at <time>', 'when it was observed, ISO 8601 (default: now)')
    .option(
      '-f, --file <path>',
      'results as JSON lines {host, service, code, output, at}; - for standard input',
    )
  withExamples(command, [
    ["parallax submit web-01/backup ok 'copied 12 GB | size=12GB'", 'one result'],
    ['parallax submit web-01 down', 'a host'],
    ['parallax submit -f results.ndjson', 'many at once'],
  ])
  withHubOptions(command).action(async (words: string[], flags: SubmitFlags, self: Command) => {
    const results = flags.file === undefined ? [oneResult(words, flags)] : resultsOfFile(flags.file)
    await submitAll(hubCommand(self), results)
  })
}

const BATCH = 1000

async function submitAll(
  { terminal, client }: HubCommand,
  results: readonly PassiveResultInput[],
): Promise<void> {
  let accepted = 0
  const refused: string[] = []
  for (let from = 0; from < results.length; from += BATCH) {
    const batch = results.slice(from, from + BATCH)
    const answer = await client.post('/api/v1/results', { results: batch }, passiveAnswer)
    accepted += answer.accepted
    refused.push(
      ...answer.refused.map((refusal) => `result ${from + refusal.index + 1}: ${refusal.reason}`),
    )
    if (terminal.isInteractive && results.length > BATCH)
      terminal.say(`${Math.min(from + BATCH, results.length)} of ${results.length}`)
  }
  terminal.say(`${accepted} of ${results.length} accepted`)
  if (refused.length > 0)
    throw new CommandFailed(
      accepted > 0 ? EXIT.partial : EXIT.notFound,
      refused.slice(0, 20).join('\n'),
    )
}

function oneResult(
  [object, state, ...output]: readonly string[],
  flags: SubmitFlags,
): PassiveResultInput {
  if (object === undefined || state === undefined)
    throw new CommandFailed(
      EXIT.usage,
      'which object, and in which state?',
      "parallax submit web-01/backup ok 'all copied'",
    )
  const code = CODES[state.toLowerCase()]
  if (code === undefined)
    throw new CommandFailed(
      EXIT.usage,
      `'${state}' is no state`,
      `one of ${Object.keys(CODES).join(', ')}`,
    )
  const { host, service } = checkNameOf(objectIdOf(object) as CheckId)
  return {
    host,
    service: service ?? null,
    code,
    output: output.join(' '),
    ...(flags.at === undefined ? {} : { at: instantOf(flags.at) }),
  }
}

function resultsOfFile(path: string): PassiveResultInput[] {
  const text = textOf(path)
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return []
    try {
      return [JSON.parse(line) as PassiveResultInput]
    } catch (error) {
      throw new CommandFailed(
        EXIT.usage,
        `${path}:${index + 1}: not JSON: ${error instanceof Error ? error.message : String(error)}`,
      )
    }
  })
}

function textOf(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8')
  } catch (error) {
    throw new CommandFailed(
      EXIT.usage,
      `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      'name a file of JSON lines, or - for standard input',
    )
  }
}

/** An instant as the API takes it; what people write without a time zone is local time. */
function instantOf(text: string): string {
  const at = Date.parse(text)
  if (!/^\d{4}-\d\d-\d\d[T ]/.test(text) || Number.isNaN(at))
    throw new CommandFailed(
      EXIT.usage,
      `--at: '${text}' is no time`,
      'write 2027-01-31T08:15:00Z, or without Z in the time zone of this machine',
    )
  return new Date(at).toISOString()
}

function addReload(program: Command): void {
  const command = program
    .command('reload')
    .description('read the configuration again and use it, if it has no faults')
  withExamples(command, [
    ['parallax validate && parallax reload', 'look first'],
    ['parallax reload', 'a hub on this machine'],
    ['kill -HUP $(cat DATA/parallax.pid)', 'the same without the API; DATA is the data folder'],
  ])
  withHubOptions(command).action(async (_flags: object, self: Command) => {
    const { terminal, client } = hubCommand(self, COMPILE_MS_MAX)
    const answer = await client.post(
      '/api/v1/configuration/reload',
      {},
      z.object({ revision: z.string(), changed: z.number() }),
    )
    terminal.say(
      `revision ${answer.revision} is active, ${counted(answer.changed, 'object')} changed`,
    )
  })
}
