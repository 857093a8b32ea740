import process from 'node:process'
import type { Command } from 'commander'
import { systemClock } from '../../adapters/system/clock.ts'
import {
  hostKeyList,
  trustRequest,
  tunnelAuthorization,
  tunnelList,
  type TunnelRow,
} from '../../wire/api/tunnels.ts'
import { hubCommand, withExamples, withFormat, withHubOptions } from '../command.ts'
import { CommandFailed, EXIT } from '../exit.ts'
import { printListing } from '../format.ts'
import { ageOf } from '../object-columns.ts'
import { ask } from '../plan/confirm.ts'
import type { Column } from '../table.ts'

/** SSH tunnels of clusters that cannot reach the hub: how they are, and what both sides need to know of each other. */
export function addClusterTunnels(cluster: Command): void {
  addTunnels(cluster)
  addKey(cluster)
  addTrustHost(cluster)
}

function addTunnels(cluster: Command): void {
  const command = cluster
    .command('tunnels')
    .description('the tunnels of this hub, and how they are')
  withExamples(command, [
    ['parallax cluster tunnels', 'as a table'],
    ['parallax cluster tunnels -o json', 'for scripts'],
  ])
  withFormat(withHubOptions(command)).action(async (_: object, self: Command) => {
    const { terminal, client, format, hasHeader } = hubCommand(self)
    const { items } = await client.get('/api/v1/tunnels', tunnelList)
    const now = systemClock.now()
    const isBad = ({ state }: TunnelRow): boolean => state === 'refused' || state === 'down'
    const columns: readonly Column<TunnelRow>[] = [
      { title: 'CLUSTER', text: ({ cluster: name }) => name },
      {
        title: 'STATE',
        text: ({ state }) => state,
        paint: (text, row) => (isBad(row) ? terminal.paint.red(text) : text),
      },
      { title: 'FOR', text: ({ since }) => ageOf(since, now) },
      { title: 'TO', text: ({ to }) => to },
      { title: 'REASON', text: ({ reason }) => (reason === '' ? '-' : reason) },
    ]
    const listing = {
      rows: items,
      columns,
      wideColumns: [{ title: 'PORT', text: ({ remotePort }: TunnelRow) => `${remotePort}` }],
      name: ({ cluster: name }: TunnelRow) => name,
      whenEmpty: 'no cluster has a tunnel for this hub (`tunnel:` in its configuration)',
    }
    printListing(terminal, listing, { format, hasHeader })
  })
}

function addKey(cluster: Command): void {
  const command = cluster
    .command('key')
    .argument('<name>', 'a cluster with a tunnel')
    .description('print the line for authorized_keys on the machine of the cluster')
  withExamples(command, [
    ['parallax cluster key factory', 'allows the tunnel, and nothing else'],
    [
      'parallax cluster key factory | ssh root@gate tee -a ~parallax/.ssh/authorized_keys',
      'puts it there',
    ],
  ])
  withHubOptions(command).action(async (name: string, _: object, self: Command) => {
    const { terminal, client } = hubCommand(self)
    const { to, line } = await client.get(`${pathOf(name)}/authorization`, tunnelAuthorization)
    terminal.data(line)
    terminal.say(`goes into authorized_keys of ${to}, in the place of an earlier one`)
  })
}

function addTrustHost(cluster: Command): void {
  const command = cluster
    .command('trust-host')
    .argument('<name>', 'a cluster with a tunnel')
    .description('trust the host key that the machine of the cluster shows')
    .option('--fingerprint <SHA256:...>', 'do not ask: trust this one, if it is shown')
  withExamples(command, [
    ['parallax cluster trust-host factory', 'shows the fingerprint and asks'],
    ['parallax cluster trust-host factory --fingerprint SHA256:...', 'for scripts'],
  ])
  withHubOptions(command).action(
    async (name: string, flags: { readonly fingerprint?: string }, self: Command) => {
      const { terminal, client } = hubCommand(self)
      const fingerprint = flags.fingerprint ?? (await chosen())
      await client.post(`${pathOf(name)}/trust`, { fingerprint }, trustRequest)
      terminal.say(`${fingerprint} is trusted, and no other key of that machine`)

      async function chosen(): Promise<string> {
        const { to, items } = await client.get(`${pathOf(name)}/host-keys`, hostKeyList)
        for (const { kind, fingerprint: one } of items) terminal.data(`${one}  ${kind}`)
        const best = items[0]?.fingerprint ?? ''
        terminal.say(
          `compare with what that machine says: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub`,
        )
        if (!process.stdin.isTTY || !process.stderr.isTTY)
          throw new CommandFailed(
            EXIT.usage,
            'there is no terminal to ask: nothing is trusted',
            `add --fingerprint ${best}`,
          )
        if (/^y(es)?$/i.test((await ask(`\nTrust ${best} for ${to}? [y/N] `)).trim())) return best
        throw new CommandFailed(EXIT.usage, 'nothing is trusted')
      }
    },
  )
}

function pathOf(cluster: string): string {
  return `/api/v1/tunnels/${encodeURIComponent(cluster)}`
}
