import { spawn } from 'node:child_process'
import { join } from 'node:path'

const bin = join(import.meta.dirname, '..', '..', 'bin', 'parallax')

/** Which hub a command talks to. */
export interface Hub {
  readonly url: string
  readonly token: string
  /** Where the command is run; no hub of this machine has its data there. */
  readonly folder: string
}

export interface Ran {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

function environmentOf({ url, token, folder }: Hub): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PARALLAX_DATA: folder,
    PARALLAX_SERVER: url,
    PARALLAX_TOKEN: token,
  }
}

/** The real command line, beside this process: the server that answers may run here. */
export function runParallax(hub: Hub, args: readonly string[], input: string): Promise<Ran> {
  const env = { ...environmentOf(hub), CI: 'true' }
  const child = spawn(process.execPath, [bin, ...args], { cwd: hub.folder, env })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  child.stdin.end(input)
  return new Promise((resolve) =>
    child.once('close', (status) => resolve({ status, stdout, stderr })),
  )
}

export interface Person {
  /** When it is asked. */
  readonly typed: string
  readonly environment: Readonly<Record<string, string>>
}

/** The same on a terminal of 80 columns, where somebody types. `shown` has its control sequences. */
export function runOnTerminal(hub: Hub, args: string, { typed, environment }: Person) {
  const line = `stty cols 80; exec '${process.execPath}' '${bin}' ${args}`
  const env = { ...environmentOf(hub), TERM: 'xterm', NO_COLOR: '', ...environment }
  const child = spawn('script', ['-qec', line, '/dev/null'], { cwd: hub.folder, env })
  let shown = ''
  child.stdout.on('data', (chunk: Buffer) => {
    const wasAsked = shown.includes('[y/N]')
    shown += chunk.toString()
    if (!wasAsked && shown.includes('[y/N]')) child.stdin.write(typed)
  })
  return new Promise<{ readonly status: number | null; readonly shown: string }>((resolve) =>
    child.once('close', (status) => resolve({ status, shown })),
  )
}
