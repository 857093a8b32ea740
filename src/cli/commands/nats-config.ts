import type { Command } from 'commander'
import { withExamples } from '../command.ts'
import type { RecipeFlags } from '../run/nats-config.ts'

/** Configuration of nats-servers that somebody else starts: written, so that nobody has to. */
export function addNatsConfig(program: Command): void {
  const command = program
    .command('nats-config')
    .description('write the configuration of nats-servers, with certificates and credentials')
  withExamples(command, [
    [
      'parallax nats-config hub --servers n1=10.0.0.1,n2=10.0.0.2,n3=10.0.0.3',
      'three that are one',
    ],
    [
      'parallax nats-config cluster --cluster east --servers e1=10.1.0.1,e2=10.1.0.2 --hub hub-a=10.0.0.1',
      "a cluster's own",
    ],
  ])
  const hub = command
    .command('hub')
    .description('servers with JetStream for a hub that is started with --bus-url')
    .option('--name <hub>', 'name of the hub', 'hub')
  withExamples(hub, [
    ['parallax nats-config hub --servers n1=10.0.0.1', 'one server'],
    [
      'parallax nats-config hub --servers n1=10.0.0.1,n2=10.0.0.2,n3=10.0.0.3',
      'three that are one',
    ],
  ])
  withServers(hub).action(async (flags: RecipeFlags) => {
    const { writeHubServers } = await import('../run/nats-config.ts')
    await writeHubServers(flags)
  })
  const cluster = command
    .command('cluster')
    .description("a cluster's own servers: it goes on when it is cut off from every hub")
    .requiredOption('--cluster <name>', 'cluster that they are for')
    .requiredOption(
      '--hub <name=host[:port],...>',
      'where each hub takes servers of clusters (--leaf-listen; port 7422)',
    )
  withExamples(cluster, [
    [
      'parallax nats-config cluster --cluster east --servers e1=10.1.0.1,e2=10.1.0.2 --hub hub-a=10.0.0.1',
      'two servers, one hub',
    ],
    ['parallax nats-config cluster ... --hub hub-a=10.0.0.1,hub-b=10.0.0.2', 'two hubs'],
  ])
  withServers(cluster).action(async (flags: RecipeFlags) => {
    const { writeClusterServers } = await import('../run/nats-config.ts')
    await writeClusterServers(flags)
  })
}

function withServers(command: Command): Command {
  return command
    .requiredOption('--servers <name=host,...>', 'each server, and where others reach it')
    .option('--out <folder>', 'write here', 'nats')
    .option('--folder <path>', 'where the folders will lie on their machines', '/etc/parallax/nats')
    .option('--port <n>', 'where they take collectors and hubs', '4222')
    .option('--leaf-port <n>', 'where they take servers of clusters', '7422')
    .option('--route-port <n>', 'where they take each other', '6222')
    .option('--data <folder>', 'data folder of the hub, with its keys (PARALLAX_DATA)')
}
