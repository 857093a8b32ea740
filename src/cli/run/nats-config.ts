import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import {
  clusterRecipe,
  hubRecipe,
  RECIPE_PORTS,
  type HubPlace,
  type RecipeFile,
  type RecipeParts,
  type RecipeServer,
} from '../../adapters/nats/server/recipes.ts'
import { openTrust, TrustDamaged, type Trust } from '../../adapters/nats/trust/trust.ts'
import { systemClock } from '../../adapters/system/clock.ts'
import { NODE_NAME } from '../../domain/cluster.ts'
import { environment } from '../../settings/environment.ts'
import { defaultDataFolder } from '../../settings/settings.ts'
import { countOf } from '../command.ts'
import { CommandFailed, EXIT } from '../exit.ts'
import { createTerminal } from '../terminal.ts'

export interface RecipeFlags {
  readonly servers: string
  readonly out: string
  readonly folder: string
  readonly port: string
  readonly leafPort: string
  readonly routePort: string
  readonly data?: string
  readonly name?: string
  readonly cluster?: string
  readonly hub?: string
}

const PORT_MAX = 65_535

export async function writeHubServers(flags: RecipeFlags): Promise<void> {
  const hub = nodeName(flags.name ?? '', '--name')
  const recipe = await recipeOf(flags)
  await write(flags, await hubRecipe(recipe, hub))
}

export async function writeClusterServers(flags: RecipeFlags): Promise<void> {
  const cluster = nodeName(flags.cluster ?? '', '--cluster')
  const hubs = hubsOf(flags.hub ?? '')
  const recipe = await recipeOf(flags)
  await write(flags, await clusterRecipe(recipe, cluster, hubs))
}

async function recipeOf(flags: RecipeFlags): Promise<RecipeParts> {
  const servers: readonly RecipeServer[] = pairsOf(flags.servers, '--servers').map(
    ([name, host]) => ({ name, host }),
  )
  const port = (text: string, flag: string): number => countOf(text, flag, PORT_MAX)
  return {
    servers,
    ports: {
      clients: port(flags.port, '--port'),
      leafs: port(flags.leafPort, '--leaf-port'),
      routes: port(flags.routePort, '--route-port'),
    },
    folder: flags.folder,
    trust: await trustOf(flags.data),
  }
}

/** The hub may not have started yet: then its keys are made here, and it finds them. */
async function trustOf(data: string | undefined): Promise<Trust> {
  const env = environment()
  const folder = resolve(data ?? (env['PARALLAX_DATA'] || defaultDataFolder(env)))
  try {
    return await openTrust(join(folder, 'trust'), systemClock)
  } catch (error) {
    if (error instanceof TrustDamaged) throw new CommandFailed(EXIT.failed, error.message)
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw new CommandFailed(
      EXIT.failed,
      `the keys of the hub in ${folder} cannot be used: ${code}`,
      'run this as the user of the hub, or name its folder with --data',
    )
  }
}

function hubsOf(text: string): readonly HubPlace[] {
  return pairsOf(text, '--hub').map(([hub, address]) => {
    const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(address) ?? []
    const host = bracketed ?? plain
    if (host === undefined) throw unusable('--hub', address)
    const leafs = port === undefined ? RECIPE_PORTS.leafs : countOf(port, '--hub', PORT_MAX)
    return { hub, leafs: [{ host, port: leafs }] }
  })
}

/** `a=x,b=y`; names are unique. */
function pairsOf(text: string, flag: string): readonly (readonly [string, string])[] {
  const pairs = text.split(',').map((item) => {
    const [name = '', value = '', ...rest] = item.trim().split('=')
    if (value === '' || rest.length > 0) throw unusable(flag, item)
    return [nodeName(name, flag), value] as const
  })
  const names = pairs.map(([name]) => name)
  const twice = names.find((name, n) => names.indexOf(name) !== n)
  if (twice === undefined) return pairs
  throw new CommandFailed(EXIT.usage, `${flag}: '${twice}' is there twice`)
}

function nodeName(text: string, flag: string): string {
  if (NODE_NAME.test(text)) return text
  throw new CommandFailed(
    EXIT.usage,
    `${flag}: '${text}' cannot be a name`,
    'write small letters, digits and hyphens; 63 at most',
  )
}

function unusable(flag: string, text: string): CommandFailed {
  return new CommandFailed(
    EXIT.usage,
    `${flag}: '${text}' cannot be used`,
    'write name=host, with commas between',
  )
}

async function write({ out }: RecipeFlags, files: readonly RecipeFile[]): Promise<void> {
  const terminal = createTerminal(false)
  for (const { path, text, isSecret } of files) {
    const target = resolve(out, path)
    await mkdir(dirname(target), { recursive: true, mode: 0o700 })
    await writeFile(target, text, { mode: isSecret ? 0o600 : 0o644 })
    terminal.data(target)
  }
  terminal.say('copy each folder to its machine; nats-server.conf says how it is started')
}
