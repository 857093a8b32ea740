import process from 'node:process'
import { createFpingPinger } from '../../adapters/fping/fping-pinger.ts'
import { createLog } from '../../adapters/system/log.ts'
import { systemClock } from '../../adapters/system/clock.ts'
import { createBuiltins } from '../../collector/executor/builtin/builtins.ts'
import { viewOfStatus } from '../../collector/executor/builtin/self-view.ts'
import { createExecutor, DEFAULT_EXECUTOR } from '../../collector/executor/executor.ts'
import type { Finished } from '../../collector/ports.ts'
import type { Check } from '../../domain/check.ts'
import type { CheckId } from '../../domain/check-id.ts'
import type { Fleet } from '../../domain/fleet.ts'
import { codeOf } from '../../domain/state-names.ts'
import { systemStatus } from '../../wire/api/actions.ts'
import { createClient } from '../client.ts'
import { configurationPath, readConfiguration, renderProblems } from '../configuration.ts'
import { resolveConnection } from '../connection.ts'
import { CommandFailed, EXIT } from '../exit.ts'
import { plain } from '../table.ts'
import { createTerminal, type Terminal } from '../terminal.ts'

export interface TestFlags {
  readonly config?: string
  readonly output?: string
}

/** Runs one check with the executor of a collector and prints what came of it. */
export async function test(id: CheckId, flags: TestFlags): Promise<void> {
  const terminal = createTerminal(false)
  const loaded = await readConfiguration(configurationPath(flags.config))
  if (loaded.problems.length > 0)
    throw new CommandFailed(EXIT.failed, renderProblems(loaded.problems, terminal.paint))
  const check = checkOf(loaded.fleet, id)
  if (check.command.kind === 'passive')
    throw new CommandFailed(
      EXIT.usage,
      `${id} is passive: its results are handed in`,
      'parallax submit',
    )
  if (isOfComponent(check))
    throw new CommandFailed(
      EXIT.usage,
      `${id} looks at the inside of a running Parallax: only that can run it`,
      `parallax recheck ${id.replace('!', '/')}`,
    )
  const finished = await runOnce(check)
  const masked = (loaded.fleet.services.get(id) ?? loaded.fleet.hosts.get(id))?.shownCommand ?? ''
  print(terminal, finished, { command: masked, format: flags.output ?? 'text' })
}

function checkOf(fleet: Fleet, id: CheckId): Check {
  const check = fleet.services.get(id)?.check ?? fleet.hosts.get(id)?.check
  if (check !== undefined) return check
  const near = [...fleet.services.keys(), ...fleet.hosts.keys()]
    .filter((known) => known.startsWith(id.slice(0, 3)))
    .slice(0, 5)
  throw new CommandFailed(
    EXIT.notFound,
    `${id.replace('!', '/')} is not configured`,
    near.length > 0 ? `there are ${near.join(', ').replaceAll('!', '/')}` : undefined,
  )
}

function isOfComponent({ command }: Check): boolean {
  const isOwn = command.kind === 'builtin' && command.builtin === 'parallax'
  return isOwn && command.options['component'] !== undefined
}

async function runOnce(check: Check): Promise<Finished> {
  const hub =
    check.command.kind === 'builtin' && check.command.builtin === 'parallax'
      ? await createClient(resolveConnection({})).get('/api/v1/status', systemStatus)
      : undefined
  const pinger = createFpingPinger(systemClock)
  const builtins = createBuiltins({
    clock: systemClock,
    pinger,
    self: viewOfStatus(() => {
      if (hub === undefined) throw new Error('no hub was asked')
      return hub
    }),
  })
  const { promise, resolve } = Promise.withResolvers<Finished>()
  const executor = createExecutor({
    clock: systemClock,
    log: createLog('error'),
    builtins: builtins.builtins,
    settings: DEFAULT_EXECUTOR,
    onFinished: resolve,
  })
  try {
    if (
      !executor.start({ check, origin: 'requested', dueAt: systemClock.now(), macros: () => ({}) })
    )
      throw new CommandFailed(EXIT.failed, 'the check could not be started')
    return await promise
  } finally {
    await executor.close()
    await builtins.close()
  }
}

interface Printing {
  readonly command: string
  readonly format: string
}

function print(
  terminal: Terminal,
  { outcome, startedAt, finishedAt }: Finished,
  { command, format }: Printing,
): void {
  const code = outcome.kind === 'exited' ? outcome.code : codeOf('critical')
  const state = ['OK', 'WARNING', 'CRITICAL', 'UNKNOWN'][code] ?? 'UNKNOWN'
  const perfdata = outcome.kind === 'exited' ? outcome.perfdata : ''
  const longOutput = outcome.kind === 'exited' ? outcome.longOutput : ''
  if (format === 'json')
    return terminal.data(
      JSON.stringify({ state, tookMs: finishedAt - startedAt, command, ...outcome }, null, 2),
    )
  if (format === 'nagios') {
    terminal.data(perfdata === '' ? outcome.output : `${outcome.output} | ${perfdata}`)
    process.exitCode = code
    return
  }
  terminal.data(`${terminal.paint.bold(state)}  ${plain(outcome.output)}`)
  for (const line of longOutput.split('\n')) if (line !== '') terminal.data(`  ${plain(line)}`)
  if (perfdata !== '') terminal.data(`  perfdata: ${plain(perfdata)}`)
  terminal.data(terminal.paint.dim(`  took ${finishedAt - startedAt} ms: ${command}`))
}
