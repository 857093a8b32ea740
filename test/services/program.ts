import { spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The real program, started as an operator does, on a free port with its own data folder. */
export interface Program {
  readonly url: string
  readonly pid: number
  /** API token of the local user (role admin). */
  readonly token: string
  readonly setupToken: string | undefined
  /** Everything it printed so far, stdout and stderr. */
  printed(): string
  api<T>(path: string, init?: RequestInit): Promise<T>
  /** SIGTERM; resolves with the exit status and how long it took. */
  stop(): Promise<{ readonly status: number | null; readonly tookMs: number }>
  /** SIGKILL, as a power cut of the process. */
  kill(): Promise<void>
}

export interface Place {
  readonly folder: string
  readonly config: string
  readonly data: string
  remove(): void
}

/** A temporary folder with a configuration file and room for data. Readable by the database's own user. */
export function makePlace(yaml: string): Place {
  const folder = mkdtempSync(join(tmpdir(), 'parallax-test-'))
  chmodSync(folder, 0o755)
  const config = join(folder, 'parallax.yaml')
  writeFileSync(config, yaml)
  return {
    folder,
    config,
    data: join(folder, 'data'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

const bin = join(import.meta.dirname, '..', '..', 'bin', 'parallax')

/** @param command a place without a file at `config` is started without `--config` */
export async function startProgram(
  place: Place,
  flags: readonly string[] = [],
  command: 'up' | 'hub' = 'up',
): Promise<Program> {
  const child = spawn(
    process.execPath,
    [
      bin,
      command,
      ...(existsSync(place.config) ? ['--config', place.config] : []),
      '--data',
      place.data,
      '--listen',
      '127.0.0.1:0',
      ...flags,
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()))
  const url = await seen(
    child,
    () => /Console: (http:\/\/\S+?)\/?\s/.exec(text)?.[1],
    () => text,
  )
  const access = JSON.parse(readFileSync(join(place.data, 'local-access.json'), 'utf8')) as {
    token: string
  }

  return {
    url,
    pid: child.pid as number,
    token: access.token,
    setupToken: /First-run token: (\S+)/.exec(text)?.[1],
    printed: () => text,
    async api<T>(path: string, init: RequestInit = {}): Promise<T> {
      const response = await fetch(url + path, {
        ...init,
        headers: {
          authorization: `Bearer ${access.token}`,
          'content-type': 'application/json',
          ...(init.headers as Record<string, string>),
        },
      })
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
      return (await response.json()) as T
    },
    async stop() {
      const began = performance.now()
      const gone = exited(child)
      child.kill('SIGTERM')
      return { status: await gone, tookMs: performance.now() - began }
    },
    async kill() {
      const gone = exited(child)
      child.kill('SIGKILL')
      await gone
    },
  }
}

/** Asks again every 50 ms until the answer is not undefined; fails when the process ends first or after a minute. */
async function seen<T>(
  child: ChildProcess,
  find: () => T | undefined,
  printed: () => string,
): Promise<T> {
  const deadline = performance.now() + 60_000
  for (;;) {
    const found = find()
    if (found !== undefined) return found
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`the program ended:\n${printed()}`)
    if (performance.now() > deadline) throw new Error(`the program did not come up:\n${printed()}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Polls until `find` gives something; for states that a real system reaches in its own time. */
export async function eventually<T>(
  find: () => Promise<T | undefined>,
  limitMs = 20_000,
  what = 'it',
): Promise<T> {
  const deadline = performance.now() + limitMs
  for (;;) {
    const found = await find()
    if (found !== undefined) return found
    if (performance.now() > deadline) throw new Error(`${what} did not happen within ${limitMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function exited(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  return new Promise((resolve) => child.once('exit', (code) => resolve(code)))
}
