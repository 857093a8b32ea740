import { createHash } from 'node:crypto'
import { open, readFile, rename } from 'node:fs/promises'
import { SshUnavailable, type HostKey, type TunnelRoute } from '../../orchestrator/tunnels/ports.ts'
import { run } from './ssh-folder.ts'

type Place = Pick<TunnelRoute, 'host' | 'port'>

/** The name of a host in our known_hosts, and for ssh its `HostKeyAlias`: always with its port. */
export function aliasOf({ host, port }: Place): string {
  return `[${bare(host)}]:${port}`.toLowerCase()
}

/** An IPv6 address without its brackets, as programs of OpenSSH want it. */
export function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '')
}

/** The kinds that ssh prefers, in its order. */
const KINDS = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'rsa-sha2-512', 'ssh-rsa']
const LINE = /^(\S+) ([a-z0-9-]+) ([A-Za-z0-9+/]+={0,2})(?:\s|$)/
const KEYS_MAX = 20

/** What an sshd shows now. @throws SshUnavailable when it shows nothing */
export async function scan(place: Place): Promise<readonly HostKey[]> {
  const words = ['-T', '5', '-p', `${place.port}`, '-t', 'ed25519,ecdsa,rsa', '--']
  const printed = await run('ssh-keyscan', [...words, bare(place.host)])
  const keys = printed
    .split('\n')
    .flatMap((line) => keyIn(line) ?? [])
    .slice(0, KEYS_MAX)
  if (keys.length === 0)
    throw new SshUnavailable(`no sshd answers at ${aliasOf(place)}: it showed no host key`)
  return keys.toSorted((a, b) => rank(a) - rank(b))
}

const rank = ({ kind }: HostKey): number =>
  KINDS.includes(kind) ? KINDS.indexOf(kind) : KINDS.length

function keyIn(line: string): HostKey | undefined {
  const [, , kind, key] = LINE.exec(line) ?? []
  if (kind === undefined || key === undefined) return undefined
  return { kind, key, fingerprint: fingerprintOf(key) }
}

/** As ssh-keygen prints it. */
export function fingerprintOf(key: string): string {
  const digest = createHash('sha256').update(Buffer.from(key, 'base64')).digest('base64')
  return `SHA256:${digest.replace(/=+$/, '')}`
}

/** What a host is known by; empty when it is not. */
export async function knownKeys(path: string, place: Place): Promise<readonly HostKey[]> {
  const lines = await linesOf(path)
  return lines
    .filter((line) => line.startsWith(`${aliasOf(place)} `))
    .flatMap((l) => keyIn(l) ?? [])
}

/** This key and no other from now on; what is known of other hosts stays. */
export async function know(path: string, place: Place, { kind, key }: HostKey): Promise<void> {
  const alias = aliasOf(place)
  const others = (await linesOf(path)).filter((line) => !line.startsWith(`${alias} `))
  const draft = `${path}.unfinished`
  const file = await open(draft, 'w', 0o600)
  try {
    await file.writeFile([...others, `${alias} ${kind} ${key}`, ''].join('\n'))
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, path)
}

async function linesOf(path: string): Promise<string[]> {
  try {
    return (await readFile(path, 'utf8')).split('\n').filter((line) => line.trim() !== '')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
