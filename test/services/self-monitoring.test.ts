import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ObjectRow as Row } from '../../src/wire/api/objects.ts'
import { startNetwork, type Network } from './network.ts'
import { eventually } from './program.ts'

/** The hub watches the cluster and itself without being told; `east.c1` has a host of its own besides. */
const CONFIGURATION = `
packages: [parallax]
clusters: { east: }
templates: { services: { quick: { checkInterval: 1s, retryInterval: 1s, checkTimeout: 2s, checkCommand: { builtin: load } } } }
hosts:
  web:
    cluster: east
    address: 127.0.0.1
    checkInterval: 1s
    checkTimeout: 2s
    checkCommand: { builtin: load }
    services: { one: { use: quick }, two: { use: quick }, three: { use: quick } }
  east.c1: { use: parallax-collector, parents: parallax-cluster-east }
`

let network: Network

beforeAll(async () => {
  network = await startNetwork({
    yaml: CONFIGURATION,
    hubs: ['hub-a'],
    collectors: ['east.c1', 'east.c2'],
  })
}, 90_000)
afterAll(() => network?.stop())

const hub = () => network.hub('hub-a')

async function rows(): Promise<readonly Row[]> {
  const [hosts, services] = await Promise.all(
    ['hosts', 'services'].map((kind) => hub().api<{ items: Row[] }>(`/api/v1/${kind}?limit=500`)),
  )
  return [...(hosts?.items ?? []), ...(services?.items ?? [])]
}

const nameOf = ({ host, service }: Row): string => (service === null ? host : `${host}/${service}`)
/** Unreachable is what stands behind a problem. */
const isProblem = ({ state, isStale }: Row): boolean =>
  !isStale && !['ok', 'up', 'pending', 'unreachable'].includes(state)
/** A machine that is busy with other tests makes the hub's own figures soft problems for a moment. */
const isHardProblem = (row: Row): boolean => isProblem(row) && row.type === 'hard'

async function recheck(ids: readonly string[]): Promise<void> {
  await hub().api('/api/v1/recheck', { method: 'POST', body: JSON.stringify({ ids }) })
}

test('[SW7] [SW8] every component of hub and cluster is checked and well', async () => {
  await hub().sees(2)
  // What the first beats have not said is asked once more.
  const all = await eventually(
    async () => {
      const now = await rows()
      const open = now.filter((row) => row.state === 'pending' || isProblem(row))
      if (open.length === 0) return now
      await recheck(open.map(({ id }) => id))
      return undefined
    },
    60_000,
    'all components are well',
  )
  const names = all.map(nameOf)
  expect(names).toEqual(
    expect.arrayContaining([
      'parallax-hub/intake',
      'parallax-hub/database',
      'parallax-hub/configuration',
      'parallax-cluster-east',
      'parallax-cluster-east/members',
      'parallax-cluster-east/outbox',
      'east.c1',
      'east.c1/scheduler',
    ]),
  )
  expect(all.filter(({ state }) => state === 'unknown').map(({ output }) => output)).toEqual([])
  const collectors = await hub().api<{ items: { id: string }[] }>('/api/v1/collectors')
  expect(collectors.items.map(({ id }) => id)).toEqual(['east.c1', 'east.c2'])
  const clusters = await hub().api<{ items: { name: string }[] }>('/api/v1/clusters')
  expect(clusters.items.map(({ name }) => name)).toEqual(['east'])
}, 90_000)

test('[SW10] a lost cluster is one problem, and what it watched turns stale', async () => {
  const before = await rows()
  expect(before.filter(isHardProblem).map(nameOf)).toEqual([])
  const since = new Date().toISOString()
  await Promise.all(network.collectors.map(({ process }) => process.kill()))
  const blind = await eventually(
    async () => {
      const now = await rows()
      const cluster = now.find((row) => nameOf(row) === 'parallax-cluster-east')
      const own = now.filter(({ host }) => host === 'web')
      return cluster?.state === 'down' && own.every(({ isStale }) => isStale) ? now : undefined
    },
    60_000,
    'the cluster is down and its services are stale',
  )
  const lastCheckOf = (name: string, all: readonly Row[]): string =>
    all.find((row) => nameOf(row) === name)?.lastCheckAt ?? ''
  await eventually(
    async () => {
      const own = (await rows()).find((row) => nameOf(row) === 'east.c1')
      return own?.state === 'unreachable' && own.type === 'hard' ? own : undefined
    },
    30_000,
    'the collector is not to be reached',
  )
  // Whatever is asked now, nothing of the cluster is a further problem.
  const asked = lastCheckOf('parallax-hub/state', blind)
  await recheck(blind.map(({ id }) => id))
  await eventually(
    async () => (lastCheckOf('parallax-hub/state', await rows()) > asked ? true : undefined),
    30_000,
    'all were asked again',
  )
  const after = await rows()
  expect(after.filter(isHardProblem).map(nameOf)).toEqual(['parallax-cluster-east'])
  expect(after.find((row) => nameOf(row) === 'parallax-cluster-east')?.output).toContain(
    'east is a blind spot: nobody checks its hosts',
  )
  expect(after.filter(({ host }) => host === 'web').map(({ state }) => state)).toEqual([
    'up',
    'ok',
    'ok',
    'ok',
  ])
  const problems = await hub().sql<{ check_id: string; to_state: string }>(
    `SELECT DISTINCT check_id, to_state FROM state_change_log WHERE changed > $1 AND is_hard AND to_state NOT IN ('ok', 'unreachable') ORDER BY check_id`,
    [since],
  )
  expect(problems).toEqual([{ check_id: 'parallax-cluster-east', to_state: 'down' }])
}, 120_000)

test('[SW3] [SW5] one collector back: the cluster is up, the other is named', async () => {
  await network.collector('east.c2').start()
  await hub().sees(1)
  const members = await eventually(
    async () => {
      const now = await rows()
      const found = now.filter(({ host, service }) =>
        host === 'parallax-cluster-east' ? service === null || service === 'members' : false,
      )
      await recheck(found.map(({ id }) => id))
      const [cluster, lost] = found
      return cluster?.state === 'up' && lost?.state === 'warning' ? lost : undefined
    },
    60_000,
    'the cluster is up with a lost member',
  )
  expect(members.output).toContain('members: east: 1 collector lost')
  await eventually(
    async () => {
      const own = (await rows()).filter(({ host }) => host === 'web')
      return own.every(({ isStale }) => !isStale) ? own : undefined
    },
    30_000,
    'what the cluster watches is fresh again',
  )
}, 120_000)

test('[SW7] without its bus the hub still says so', async () => {
  const bus = async (state: string): Promise<Row> =>
    eventually(
      async () => {
        await recheck(['parallax-hub!bus'])
        return (await rows()).find(
          (row) => row.id === 'parallax-hub!bus' && row.state === state && !row.isStale,
        )
      },
      60_000,
      `the bus is ${state}`,
    )
  const { server } = hub()
  await server.kill('SIGKILL')
  expect((await bus('critical')).output).toContain('1 hub cannot be reached')
  await server.restart()
  await bus('ok')
}, 150_000)
