import { execFile, type ExecFileException } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { SshUnavailable } from '../../orchestrator/tunnels/ports.ts'

/** Keys and known hosts of our own; nothing of the user's `~/.ssh` is read. */
export interface SshFolder {
  readonly key: string
  readonly knownHosts: string
  /** `ssh-ed25519 AAAA... comment`; the pair is made when there is none. @throws SshUnavailable */
  publicKey(): Promise<string>
}

/** Where distributions put OpenSSH. */
export const PROGRAM_PATH = '/usr/local/bin:/usr/bin:/bin'
export const NOT_INSTALLED = 'ssh is not installed (Debian: apt-get install openssh-client)'

/** @param comment ends the public key: who owns it */
export function sshFolder(path: string, comment: string): SshFolder {
  const key = join(path, 'id_ed25519')
  let making: Promise<string> | undefined
  return {
    key,
    knownHosts: join(path, 'known_hosts'),
    publicKey() {
      making ??= readOrMake(path, key, comment).finally(() => (making = undefined))
      return making
    },
  }
}

async function readOrMake(folder: string, key: string, comment: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await chmod(folder, 0o700)
  if (!existsSync(key)) {
    await rm(`${key}.pub`, { force: true })
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', key])
  }
  // A pair that was cut short by a crash: the half that matters is there.
  if (!existsSync(`${key}.pub`)) return (await run('ssh-keygen', ['-y', '-f', key])).trim()
  return (await readFile(`${key}.pub`, 'utf8')).trim()
}

const RUN_MAX_MS = 20_000
const OUTPUT_BYTES_MAX = 64 * 1024

/** One short run of a program of OpenSSH. @throws SshUnavailable with what it said */
export function run(program: string, words: readonly string[]): Promise<string> {
  const limits = { timeout: RUN_MAX_MS, maxBuffer: OUTPUT_BYTES_MAX, env: { PATH: PROGRAM_PATH } }
  return new Promise((resolve, reject) => {
    const child = execFile(program, [...words], limits, (error, printed, complaint) => {
      if (error === null) resolve(printed)
      else reject(unavailable(program, error, complaint))
    })
    child.stdin?.end()
  })
}

function unavailable(program: string, cause: ExecFileException, complaint: string): SshUnavailable {
  if (cause.code === 'ENOENT') return new SshUnavailable(NOT_INSTALLED, { cause })
  const said = complaint.trim().split('\n').at(-1) ?? ''
  return new SshUnavailable(`${program}: ${said === '' ? cause.message : said}`, { cause })
}
