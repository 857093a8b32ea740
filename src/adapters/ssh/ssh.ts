import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import type { Clock } from '../../base/clock.ts'
import {
  SshUnavailable,
  type Ssh,
  type SshSession,
  type TunnelRoute,
} from '../../orchestrator/tunnels/ports.ts'
import type { TunnelEnd } from '../../orchestrator/tunnels/tunnel.ts'
import { processesWith, signal } from '../process/processes.ts'
import { watchOver } from '../process/watchdog.ts'
import { aliasOf, bare, know, knownKeys, scan } from './known-hosts.ts'
import { NOT_INSTALLED, PROGRAM_PATH, sshFolder, type SshFolder } from './ssh-folder.ts'
import { readSshWords } from './words.ts'

/** After that an ssh that was asked to end is ended by force. */
const END_MAX_MS = 2_000

/**
 * The system's OpenSSH. Its children end with our process, however that ends; those that outlived an earlier one are ended here.
 * @param folder holds the key pair and known_hosts; made at need
 * @param comment ends the public key
 */
export function systemSsh(folder: string, comment: string, clock: Clock): Ssh {
  const files = sshFolder(folder, comment)
  for (const pid of processesWith(knownHostsOption(files))) signal(pid, 'SIGKILL')
  return {
    open: (route, opened) => openSession({ route, opened, files, clock }),
    publicKey: () => files.publicKey(),
    hostKeysOf: scan,
    async trust(route, key) {
      await files.publicKey() // makes the folder
      await know(files.knownHosts, route, key)
    },
  }
}

interface Opening {
  readonly route: TunnelRoute
  readonly opened: () => void
  readonly files: SshFolder
  readonly clock: Clock
}

function openSession(opening: Opening): SshSession {
  const { route, files } = opening
  const ending = new AbortController()
  const ended = (async (): Promise<TunnelEnd> => {
    try {
      await files.publicKey()
      const known = await hostKeyFault(route, files)
      if (known !== undefined) return known
      return await runSsh(opening, ending.signal)
    } catch (error) {
      // The folder cannot be written, ssh is not there, the machine does not answer a scan.
      return { kind: 'down', reason: error instanceof Error ? error.message : String(error) }
    }
  })()
  return { ended, end: () => ending.abort() }
}

/** A key that the configuration demands is fetched and compared; after that the host is known by it alone. */
async function hostKeyFault(route: TunnelRoute, files: SshFolder): Promise<TunnelEnd | undefined> {
  const { hostKey } = route
  if (hostKey === undefined) return undefined
  const known = await knownKeys(files.knownHosts, route)
  if (known.length === 1 && known[0]?.fingerprint === hostKey) return undefined
  const shown = await scan(route)
  const wanted = shown.find(({ fingerprint }) => fingerprint === hostKey)
  if (wanted === undefined)
    return {
      kind: 'refused',
      reason: `the host key is not ${hostKey}, which the configuration demands, but ${shown[0]?.fingerprint}`,
    }
  await know(files.knownHosts, route, wanted)
  return undefined
}

async function runSsh(
  { route, opened, files, clock }: Opening,
  ending: AbortSignal,
): Promise<TunnelEnd> {
  if (ending.aborted) return { kind: 'down', reason: 'ended' }
  let listening = 0
  const words = readSshWords(() => {
    if (++listening === route.forwards.length) opened()
  })
  // Its own session: Ctrl-C in our terminal must reach us alone.
  const child = spawn('ssh', wordsOf(route, files), {
    cwd: '/',
    env: { PATH: PROGRAM_PATH },
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  child.stderr.setEncoding('utf8').on('data', (piece: string) => words.take(piece))
  const closed = new Promise<string>((resolve) => {
    child.once('close', (status, name) => resolve(name ?? `status ${status}`))
  })
  const pid = await pidOf(child)
  const dismiss = watchOver(pid)
  const endWithUs = (): void => void signal(pid, 'SIGTERM')
  process.once('exit', endWithUs)
  let stopForce = (): void => undefined
  const end = (): void => {
    signal(pid, 'SIGTERM')
    stopForce = clock.timer(END_MAX_MS, () => void signal(pid, 'SIGKILL'))
  }
  ending.addEventListener('abort', end, { once: true })
  if (ending.aborted) end()
  const status = await closed
  stopForce()
  ending.removeEventListener('abort', end)
  process.removeListener('exit', endWithUs)
  dismiss()
  return words.end(status)
}

function pidOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('spawn', () => resolve(child.pid as number))
    child.once('error', (cause) =>
      reject(
        (cause as NodeJS.ErrnoException).code === 'ENOENT'
          ? new SshUnavailable(NOT_INSTALLED, { cause })
          : cause,
      ),
    )
  })
}

/** Tells our children from everybody else's. */
function knownHostsOption({ knownHosts }: SshFolder): string {
  return `UserKnownHostsFile="${knownHosts.replaceAll('%', '%%')}"`
}

/** `-F none`: nothing of the user's or the system's configuration takes part. */
function wordsOf(route: TunnelRoute, files: SshFolder): string[] {
  const { host, port, user, forwards } = route
  const options = [
    knownHostsOption(files),
    'GlobalKnownHostsFile=/dev/null',
    `HostKeyAlias=${aliasOf({ host, port })}`,
    'StrictHostKeyChecking=yes',
    'CheckHostIP=no',
    'UpdateHostKeys=no',
    'BatchMode=yes',
    'IdentitiesOnly=yes',
    'IdentityAgent=none',
    'PreferredAuthentications=publickey',
    'ConnectTimeout=10',
    'ExitOnForwardFailure=yes',
    'ServerAliveInterval=5',
    'ServerAliveCountMax=3',
    'ControlPath=none',
    'RequestTTY=no',
    'LogLevel=DEBUG1',
  ]
  const ways = forwards.flatMap(({ remotePort, target }) => [
    '-R',
    `127.0.0.1:${remotePort}:${target.host.includes(':') ? `[${target.host}]` : target.host}:${target.port}`,
  ])
  const settings = options.flatMap((option) => ['-o', option])
  const key = files.key.replaceAll('%', '%%')
  const words = ['-F', 'none', '-N', '-T', '-p', `${port}`, '-l', user, '-i', key]
  return [...words, ...ways, ...settings, '--', bare(host)]
}

/** Of a data folder. */
export function sshFolderIn(data: string): string {
  return join(data, 'ssh')
}
