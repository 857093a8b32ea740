import type { Command } from 'commander'
import { stringify } from 'yaml'
import { NODE_NAME } from '../../domain/cluster.ts'
import {
  applyJob,
  configurationObject,
  planAnswer,
  type PlanAnswer,
  type Proposal,
} from '../../wire/api/configuration.ts'
import { clusterList, type ClusterRow } from '../../wire/api/network.ts'
import {
  COMPILE_MS_MAX,
  hubCommand,
  withExamples,
  withFormat,
  withHubOptions,
  type HubCommand,
} from '../command.ts'
import { CommandFailed, EXIT } from '../exit.ts'
import { printListing } from '../format.ts'
import { followJob, refuseUnlessActive } from '../plan/job.ts'
import { changesAnything, planRefused } from '../plan/plan-text.ts'
import type { Column } from '../table.ts'
import { addClusterTunnels } from './cluster-tunnels.ts'

const APPLY_MS = 30_000
/** As `parallax object put` calls what nobody else owns. */
const OWNER = 'api'

/** Groups of collectors that are kept by the hub; those of files are changed there. */
export function addCluster(program: Command): void {
  const cluster = program
    .command('cluster')
    .description('groups of collectors: at one place, sharing its hosts')
  withExamples(cluster, [
    ["parallax cluster add east --alias 'Data centre east'", 'active at once'],
    ['parallax cluster list', 'with their collectors'],
    ['parallax cluster remove east', 'when no host needs it any more'],
  ])
  addAdd(cluster)
  addList(cluster)
  addRemove(cluster)
  addClusterTunnels(cluster)
}

interface AddFlags {
  readonly alias?: string
  readonly site?: string
  readonly notes?: string
  readonly silence?: string
}

function addAdd(cluster: Command): void {
  const command = cluster
    .command('add')
    .argument('<name>', 'small letters, digits and hyphens')
    .description('make a cluster; hosts name it as `cluster: NAME`')
    .option('--alias <text>', 'a longer name')
    .option('--site <text>', 'where it stands')
    .option('--notes <text>', 'free text')
    .option('--silence <time>', 'a collector that is silent for so long is gone (default 3s)')
  withExamples(command, [
    ["parallax cluster add east --alias 'Data centre east'", 'active at once'],
    ['parallax collector token --cluster east', 'then: lets a machine join it'],
  ])
  withHubOptions(command).action(async (name: string, flags: AddFlags, self: Command) => {
    if (!NODE_NAME.test(name))
      throw new CommandFailed(
        EXIT.usage,
        `'${name}' cannot be the name of a cluster`,
        'write small letters, digits and hyphens, such as east; 63 at most',
      )
    const { alias, site, notes, silence } = flags
    const given = { alias, site, notes, silence }
    const hub = hubCommand(self, COMPILE_MS_MAX)
    const before = await keptBefore(hub, name)
    const value = {
      ...before,
      ...Object.fromEntries(Object.entries(given).filter(([, text]) => text !== undefined)),
    }
    const text = stringify({ clusters: { [name]: value } })
    const proposal = { documents: [{ name: `cluster add ${name}`, text }], managedBy: OWNER }
    await refuseOthers(hub)
    const plan = await planOf(hub, proposal)
    refuseFaulty(hub, plan)
    if (!changesAnything(plan)) return hub.terminal.say(`${name} is as it was`)
    await apply(hub, proposal, plan, `cluster add ${name}`)
    if (before !== undefined) return hub.terminal.say(`${name} is changed`)
    hub.terminal.say(
      `${name} is there; a machine joins with: parallax collector token --cluster ${name}`,
    )
  })
}

/** What the hub keeps of it: what nobody says anew stays as it is. `undefined`: it keeps no such cluster. */
async function keptBefore({ client }: HubCommand, name: string): Promise<object | undefined> {
  const path = `/api/v1/configuration/objects/clusters/${encodeURIComponent(name)}`
  try {
    const { value } = await client.get(path, configurationObject)
    return typeof value === 'object' && value !== null ? value : {}
  } catch (error) {
    if (error instanceof CommandFailed && error.status === EXIT.notFound) return undefined
    throw error
  }
}

function addList(cluster: Command): void {
  const command = cluster.command('list').description('all clusters, with their collectors')
  withExamples(command, [
    ['parallax cluster list', 'as a table'],
    ['parallax cluster list -o json', 'for scripts'],
  ])
  withFormat(withHubOptions(command)).action(async (_: object, self: Command) => {
    const { terminal, client, format, hasHeader } = hubCommand(self)
    const { items } = await client.get('/api/v1/clusters', clusterList)
    const columns: readonly Column<ClusterRow>[] = [
      { title: 'CLUSTER', text: ({ name }) => name },
      { title: 'COLLECTORS', text: ({ live, late, lost }) => `${live} of ${live + late + lost}` },
      { title: 'HOSTS', text: ({ hosts }) => `${hosts}` },
      { title: 'SERVICES', text: ({ services }) => `${services}` },
      { title: 'ALIAS', text: ({ alias }) => alias },
    ]
    const listing = {
      rows: items,
      columns,
      wideColumns: [{ title: 'SITE', text: ({ site }: ClusterRow) => site }],
      name: ({ name }: ClusterRow) => name,
      whenEmpty: 'no clusters yet: `parallax cluster add NAME`',
    }
    printListing(terminal, listing, { format, hasHeader })
  })
}

function addRemove(cluster: Command): void {
  const command = cluster
    .command('remove')
    .argument('<name>')
    .description('take away a cluster that no host needs; its collectors are shut out apart')
  withExamples(command, [
    ['parallax cluster remove east', 'refused while hosts name it'],
    ['parallax collector revoke east.c1', 'its collectors, one by one'],
  ])
  withHubOptions(command).action(async (name: string, _: object, self: Command) => {
    const hub = hubCommand(self, COMPILE_MS_MAX)
    const path = `/api/v1/configuration/objects/clusters/${encodeURIComponent(name)}`
    const { value, managedBy } = await hub.client.get(path, configurationObject)
    await refuseOthers(hub)
    await hub.client.delete(
      `${path}?managedBy=${encodeURIComponent(managedBy)}`,
      configurationObject,
    )
    try {
      const plan = await planOf(hub, {})
      refuseFaulty(hub, plan)
      await apply(hub, {}, plan, `cluster remove ${name}`)
    } catch (error) {
      // What waits for an apply must not be in the way of the next one.
      await hub.client.put(path, { value, managedBy }, configurationObject)
      throw error
    }
    hub.terminal.say(`${name} is gone`)
  })
}

function planOf({ client }: HubCommand, proposal: Proposal): Promise<PlanAnswer> {
  return client.post('/api/v1/configuration/plan', proposal, planAnswer)
}

function refuseFaulty({ terminal }: HubCommand, { problems }: PlanAnswer): void {
  if (problems.length > 0) throw planRefused(problems, terminal, 'nothing was changed')
}

/** What others have prepared does not become active by the way. */
async function refuseOthers(hub: HubCommand): Promise<void> {
  const [kind] = (await planOf(hub, {})).changes.filter(({ objects }) => objects.length > 0)
  const [first] = kind?.objects ?? []
  if (kind === undefined || first === undefined) return
  throw new CommandFailed(
    EXIT.conflict,
    `other changes wait for an apply (${kind.kind} ${first.name}): nothing was changed`,
    'look at them with `parallax plan`, apply them with `parallax apply`, then run this again',
  )
}

async function apply(
  hub: HubCommand,
  proposal: Proposal,
  { active }: PlanAnswer,
  message: string,
): Promise<void> {
  const request = { ...proposal, expectedActive: active, timeoutMs: APPLY_MS, message }
  const started = await hub.client.post('/api/v1/configuration/apply', request, applyJob)
  const job = await followJob(
    { ...hub, terminal: { ...hub.terminal, say: () => undefined } },
    started,
    APPLY_MS,
  )
  refuseUnlessActive(job, active, hub)
}
