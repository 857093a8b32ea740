import { spawn, execFileSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A real server program in the foreground, with a folder of its own. */
export interface Daemon {
  /** What it has printed. */
  readonly printed: () => string
  /** Ends it and whatever it started. */
  stop(): Promise<void>
}

/** `ready` is asked until it says yes; 15 seconds at most. */
export async function startDaemon(
  command: string,
  words: readonly string[],
  ready: () => Promise<boolean>,
): Promise<Daemon> {
  const child = spawn(command, words, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (printed = (printed + chunk.toString()).slice(-20_000)))
  let failure: Error | undefined
  child.on('error', (error) => (failure = error))
  const daemon = { printed: () => printed, stop: () => endOf(child) }
  const until = Date.now() + 15_000
  while (!(await ready())) {
    if (failure !== undefined) throw failure
    if (child.exitCode !== null || Date.now() > until) {
      await daemon.stop()
      throw new Error(`${command} did not start: ${printed}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return daemon
}

async function endOf(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  process.kill(-child.pid, 'SIGTERM')
  const timer = setTimeout(() => process.kill(-(child.pid as number), 'SIGKILL'), 5000)
  await ended
  clearTimeout(timer)
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Whether somebody listens there. */
export async function isOpen(port: number): Promise<boolean> {
  const { connect } = await import('node:net')
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.once('connect', () => (socket.destroy(), resolve(true)))
    socket.once('error', () => resolve(false))
  })
}

/** A temporary folder that servers without rights of root may enter. */
export function makeFolder(): {
  readonly path: string
  file(name: string, text: string): string
  remove(): void
} {
  const path = mkdtempSync(join(tmpdir(), 'parallax-daemon-'))
  execFileSync('chmod', ['755', path])
  return {
    path,
    file(name, text) {
      const file = join(path, name)
      writeFileSync(file, text)
      return file
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  }
}

/** A key and a certificate for a name, signed by itself. */
export function makeCertificate(folder: string, name: string, validDays: number): void {
  const words = `req -x509 -newkey rsa:2048 -nodes -keyout ${folder}/key.pem -out ${folder}/cert.pem -days ${validDays} -subj /CN=${name} -addext subjectAltName=DNS:${name}`
  execFileSync('openssl', words.split(' '), { stdio: 'pipe' })
}
