import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { freePort, isOpen, startDaemon, type Daemon } from './daemon.ts'

/** Debian's sshd on a free port of the loopback, for the user who runs the tests. */
export interface Sshd {
  readonly port: number
  readonly user: string
  /** `SHA256:...` of its host key. */
  fingerprint(): string
  /** Another host key; shown from the next start on. */
  changeHostKey(): void
  /** sshd looks at the first line of a key: this one takes the place of an earlier one. */
  authorize(line: string): void
  start(): Promise<void>
  /** With all its sessions. */
  stop(): Promise<void>
  printed(): string
}

export async function makeSshd(folder: string, name: string): Promise<Sshd> {
  const port = await freePort()
  const at = (file: string): string => join(folder, `${name}-${file}`)
  const changeHostKey = (): void => {
    for (const path of [at('host'), at('host.pub')]) rmSync(path, { force: true })
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at('host')])
  }
  changeHostKey()
  writeFileSync(at('authorized'), '')
  chmodSync(at('authorized'), 0o600)
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true })
  writeFileSync(
    at('sshd.conf'),
    `Port ${port}
ListenAddress 127.0.0.1
HostKey ${at('host')}
AuthorizedKeysFile ${at('authorized')}
StrictModes no
PasswordAuthentication no
PidFile none
UsePAM no
`,
  )
  let running: Daemon | undefined
  return {
    port,
    user: userInfo().username,
    fingerprint: () =>
      execFileSync('ssh-keygen', ['-lf', `${at('host')}.pub`], { encoding: 'utf8' }).split(
        ' ',
      )[1] as string,
    changeHostKey,
    authorize(line) {
      const key = line.split(' ').slice(-2).join(' ')
      const others = readFileSync(at('authorized'), 'utf8')
        .split('\n')
        .filter((one) => one !== '' && !one.endsWith(key))
      writeFileSync(at('authorized'), [...others, line, ''].join('\n'))
    },
    async start() {
      const words = ['-D', '-e', '-f', at('sshd.conf')]
      running = await startDaemon('/usr/sbin/sshd', words, () => isOpen(port))
    },
    async stop() {
      if (running === undefined) return
      // Sessions are no part of its process group.
      const sessions = childrenOf(pidAt(port))
      await running.stop()
      running = undefined
      sessions.forEach((pid) => process.kill(pid, 'SIGKILL'))
    },
    printed: () => running?.printed() ?? '',
  }
}

/** The process that listens there. */
export function pidAt(port: number): number {
  const found = execFileSync('ss', ['-Hltnp', `sport = :${port}`], { encoding: 'utf8' })
  return Number(/pid=(\d+)/.exec(found)?.[1])
}

function childrenOf(pid: number): number[] {
  const found = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return found.split(' ').filter(Boolean).map(Number)
}
