import type { Command } from 'commander'
import { counted } from '../../base/words.ts'
import { systemStatus, type SystemStatus } from '../../wire/api/actions.ts'
import { counters, type Counters } from '../../wire/api/objects.ts'
import { systemClock } from '../../adapters/system/clock.ts'
import { hubCommand, withExamples, withFormat, withHubOptions } from '../command.ts'
import { CommandFailed, EXIT } from '../exit.ts'
import { printObject } from '../format.ts'
import { ageOf } from '../object-columns.ts'
import type { Terminal } from '../terminal.ts'

export function addStatus(program: Command): void {
  const command = program.command('status').description('how the hub itself is doing')
  withExamples(command, [
    ['parallax status', 'for people'],
    ['parallax status -o nagios', 'as a plugin: exit status 0 to 3'],
    ['parallax status -o json', 'for a script'],
  ])
  withFormat(withHubOptions(command)).action(async (_flags: object, self: Command) => {
    const format = self.opts<{ output?: string }>().output
    try {
      const { terminal, client } = hubCommand(self)
      const status = await client.get('/api/v1/status', systemStatus)
      const counts = await client.get('/api/v1/counters', counters)
      if (format === 'nagios') return printPluginLine(terminal, status)
      if (format !== undefined && format !== 'table' && format !== 'wide')
        return printObject(
          terminal,
          { ...status, counters: counts },
          format === 'yaml' ? 'yaml' : 'json',
        )
      printStatus(terminal, status, counts)
    } catch (error) {
      if (format !== 'nagios' || !(error instanceof CommandFailed)) throw error
      process.stdout.write(`PARALLAX CRITICAL - ${error.message.split('\n')[0]}\n`)
      process.exitCode = error.status === EXIT.unreachable ? 2 : 3
    }
  })
}

/** What is wrong with the hub, worst first; empty when nothing is. */
function faultsOf(status: SystemStatus): readonly (readonly [code: 1 | 2, text: string])[] {
  const faults: (readonly [1 | 2, string])[] = []
  if (status.database !== 'ok') faults.push([2, `database: ${status.database}`])
  if (status.outbox.lost > 0) faults.push([2, `${status.outbox.lost} results lost from the outbox`])
  if (status.executor.latenessP99Ms > 5000)
    faults.push([
      1,
      `checks start ${Math.round(status.executor.latenessP99Ms)} ms late (99th percentile)`,
    ])
  return faults
}

function printPluginLine(terminal: Terminal, status: SystemStatus): void {
  const faults = faultsOf(status)
  const code = faults.reduce((worst, [severity]) => Math.max(worst, severity), 0)
  const word = ['OK', 'WARNING', 'CRITICAL'][code]
  const text =
    faults.length === 0
      ? `${counted(status.services, 'service')} on ${counted(status.hosts, 'host')}`
      : faults.map(([, fault]) => fault).join(', ')
  terminal.data(
    `PARALLAX ${word} - ${text} | lateness_p99=${Math.round(status.executor.latenessP99Ms)}ms;5000;;0 waiting=${status.outbox.waiting};;;0` +
      ` lost=${status.outbox.lost};;0;0 results_per_s=${status.resultsPerSecond.toFixed(1)};;;0`,
  )
  process.exitCode = code
}

function printStatus(terminal: Terminal, status: SystemStatus, counts: Counters): void {
  const faults = faultsOf(status)
  const list = (group: Readonly<Record<string, number>>): string =>
    Object.entries(group)
      .filter(([, count]) => count > 0)
      .map(([name, count]) => `${count} ${name}`)
      .join(', ')
  const lines: readonly (readonly [string, string])[] = [
    [
      'Version',
      `${status.version}, up ${ageOf(status.startedAt, systemClock.now())}, revision ${status.revision}`,
    ],
    ['Hosts', `${status.hosts}: ${list(counts.hosts)}`],
    ['Services', `${status.services}: ${list(counts.services)}`],
    ['Results', `${status.resultsPerSecond.toFixed(1)}/s`],
    [
      'Executor',
      `${status.executor.running} of ${status.executor.slots} slots, ${status.executor.waiting} waiting, ${Math.round(status.executor.latenessP99Ms)} ms late (p99)`,
    ],
    ['Outbox', `${status.outbox.waiting} waiting, ${status.outbox.lost} lost`],
    ['Database', status.database],
  ]
  for (const [label, text] of lines) terminal.data(`${label.padEnd(9)} ${text}`)
  for (const [, fault] of faults) terminal.data(terminal.paint.red(`! ${fault}`))
  if (faults.length > 0) process.exitCode = EXIT.failed
}
