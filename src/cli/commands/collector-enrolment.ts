import { resolve } from 'node:path'
import type { Command } from 'commander'
import { systemClock } from '../../adapters/system/clock.ts'
import { environment } from '../../settings/environment.ts'
import { defaultDataFolder } from '../../settings/settings.ts'
import {
  enrolmentList,
  joinTokenCreated,
  revokeAnswer,
  type EnrolmentRow,
} from '../../wire/api/enrolment.ts'
import { hubCommand, withExamples, withFormat, withHubOptions } from '../command.ts'
import { CommandFailed, EXIT } from '../exit.ts'
import { printListing, printObject } from '../format.ts'
import { ageOf } from '../object-columns.ts'
import { confirmAlways } from '../plan/confirm.ts'
import type { Column } from '../table.ts'

/** Letting collectors in: `token` on the hub, `join` on the new machine. */
export function addCollectorEnrolment(collector: Command): void {
  addToken(collector)
  addJoin(collector)
  addList(collector)
  addRevoke(collector)
}

interface TokenFlags {
  readonly cluster: string
  readonly name?: string
  readonly expires: string
}

function addToken(collector: Command): void {
  const command = collector
    .command('token')
    .description('print a line with which one machine may join a cluster')
    .requiredOption('--cluster <name>', 'cluster that it joins')
    .option('--name <name>', 'only for a collector of this name')
    .option('--expires <time>', 'until when it may be used, such as 30m, 24h or 7d', '24h')
  withExamples(command, [
    ['parallax collector token --cluster east', 'for `parallax collector join` there'],
    ['parallax collector token --cluster east --name c1 --expires 1h', 'for one machine, soon'],
  ])
  withFormat(withHubOptions(command)).action(async (flags: TokenFlags, self: Command) => {
    const { terminal, client, format } = hubCommand(self)
    const body = {
      cluster: flags.cluster,
      expiresInMs: lengthOf(flags.expires),
      ...(flags.name !== undefined && { name: flags.name }),
    }
    const issued = await client.post('/api/v1/join-tokens', body, joinTokenCreated)
    if (format !== 'table' && format !== 'wide' && format !== 'name')
      return printObject(terminal, issued, format)
    terminal.data(issued.token)
    terminal.say(
      `joins ${issued.cluster} once, until ${issued.expiresAt}; on the new machine:\n` +
        '  parallax collector join TOKEN',
    )
  })
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

function lengthOf(text: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? []
  const length = Number(digits) * (UNITS[unit] ?? 0)
  if (length >= 60_000 && length <= 30 * 86_400_000) return length
  throw new CommandFailed(
    EXIT.usage,
    `--expires: '${text}' cannot be used`,
    'write 1m to 30d, such as 30m, 24h or 7d',
  )
}

interface JoinFlags {
  readonly name?: string
  readonly data?: string
  readonly servers?: string
  readonly force?: boolean
}

function addJoin(collector: Command): void {
  const command = collector
    .command('join')
    .argument('<token>', 'the line that `parallax collector token` printed')
    .description('make this machine a collector of the cluster that the token is for')
    .option(
      '--name <name>',
      "what it is called in the cluster (default: the token's, what it was, or the machine's)",
    )
    .option('--data <folder>', 'where the outbox and its key will live (PARALLAX_DATA)')
    .option('--servers <url,...>', "nats-servers of the cluster's own, which lead to all hubs")
    .option('--force', 'also when this folder has joined before; the same name keeps its key')
  withExamples(command, [
    ['parallax collector join TOKEN', 'then start it: parallax collector'],
    ['parallax collector join TOKEN --name c2 --data /var/lib/parallax-2', 'one of several here'],
    ['parallax collector join TOKEN --servers tls://edge-1:4222', "over the cluster's own servers"],
  ])
  command.action(async (token: string, _: object, self: Command) => {
    const flags: JoinFlags = self.optsWithGlobals()
    const { join } = await import('../run/join.ts') // other commands do without its modules
    const env = environment()
    const data = resolve(flags.data ?? (env['PARALLAX_DATA'] || defaultDataFolder(env)))
    const servers = flags.servers === undefined ? undefined : serversOf(flags.servers)
    await join({ token, name: flags.name, data, servers, force: flags.force === true })
  })
}

function serversOf(text: string): readonly string[] {
  const servers = text.split(',').map((server) => server.trim())
  if (servers.every((server) => /^(nats|tls):\/\/[^\s/]+$/.test(server))) return servers
  throw new CommandFailed(
    EXIT.usage,
    `--servers: '${text}' cannot be used`,
    'write tls://host:port, with commas between',
  )
}

function addList(collector: Command): void {
  const command = collector
    .command('list')
    .description('collectors that joined; `parallax get collectors` says how they are')
  withExamples(command, [
    ['parallax collector list', 'who may speak on the bus'],
    ['parallax collector list -o json', 'with their public keys'],
  ])
  withFormat(withHubOptions(command)).action(async (_: object, self: Command) => {
    const { terminal, client, format, hasHeader } = hubCommand(self)
    const { items } = await client.get('/api/v1/enrolments', enrolmentList)
    const now = systemClock.now()
    const columns: readonly Column<EnrolmentRow>[] = [
      { title: 'COLLECTOR', text: ({ id }) => id },
      {
        title: 'JOINED',
        text: ({ joinedAt, joinedBy }) => `${ageOf(joinedAt, now)} ago by ${joinedBy}`,
      },
      {
        title: 'SHUT OUT',
        text: ({ revokedAt }) => (revokedAt === null ? '-' : `${ageOf(revokedAt, now)} ago`),
        paint: (text, { revokedAt }) => (revokedAt === null ? text : terminal.paint.red(text)),
      },
    ]
    const listing = {
      rows: items,
      columns,
      wideColumns: [{ title: 'KEY', text: ({ publicKey }: EnrolmentRow) => publicKey }],
      name: ({ id }: EnrolmentRow) => id,
      whenEmpty: 'nobody has joined yet: `parallax collector token --cluster NAME`',
    }
    printListing(terminal, listing, { format, hasHeader })
  })
}

function addRevoke(collector: Command): void {
  const command = collector
    .command('revoke')
    .argument('<id>', 'cluster.name, such as east.c1')
    .description('shut a collector out for ever, at once; another may join under its name')
    .option('-y, --yes', 'do not ask')
  withExamples(command, [
    ['parallax collector revoke east.c1', 'after a question'],
    ['parallax collector revoke east.c1 --yes', 'a machine that was stolen'],
  ])
  withHubOptions(command).action(async (id: string, flags: { yes?: boolean }, self: Command) => {
    const { terminal, client } = hubCommand(self)
    const what = `this would shut out ${id} for ever`
    await confirmAlways(flags.yes === true, `Shut out ${id} for ever?`, what)
    const path = `/api/v1/enrolments/${encodeURIComponent(id)}`
    const { untold } = await client.delete(path, revokeAnswer)
    terminal.say(`${id} is shut out`)
    if (untold !== null)
      throw new CommandFailed(
        EXIT.partial,
        `not all servers know it yet: ${untold}`,
        'they know it when they are started again',
      )
  })
}
