import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

const BIN = join(import.meta.dirname, '..', 'bin', 'parallax')

export interface CommandRun {
  readonly seconds: number
  readonly status: number | null
  /** The last letters of what it printed, stdout and stderr. */
  readonly printed: string
}

/** A whole process, from its start to its end. */
export function runCommand(
  program: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<CommandRun> {
  const began = performance.now()
  const child = spawn(program, words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  })
  let printed = ''
  const take = (chunk: Buffer): void => {
    printed = (printed + chunk.toString()).slice(-4000)
  }
  child.stdout.on('data', take)
  child.stderr.on('data', take)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) =>
      resolve({ seconds: (performance.now() - began) / 1000, status, printed }),
    )
  })
}

/** The program with one of its commands; with a data folder, of the hub that runs there. */
export function runParallax(words: readonly string[], data?: string): Promise<CommandRun> {
  return runCommand(
    process.execPath,
    [BIN, ...words],
    data === undefined ? {} : { PARALLAX_DATA: data, PARALLAX_SERVER: '', NO_COLOR: '1' },
  )
}

/** @throws Error with what was printed, when the command did not end as it should */
export async function mustEnd(run: Promise<CommandRun>, what: string, status = 0): Promise<number> {
  const ended = await run
  if (ended.status !== status)
    throw new Error(`${what} ended with ${ended.status}:\n${ended.printed}`)
  return ended.seconds
}

/** `icinga2 daemon -C` needs room for what it writes. */
export function icingaCheckWords(main: string, folder: string): readonly string[] {
  mkdirSync(folder, { recursive: true })
  const places = ['DataDir', 'LogDir', 'CacheDir', 'SpoolDir', 'InitRunDir']
  return [
    '--no-stack-rlimit',
    'daemon',
    '-C',
    '-c',
    main,
    ...places.flatMap((name) => ['-D', `Configuration.${name}=${folder}`]),
    '-D',
    `Configuration.PidPath=${join(folder, 'pid')}`,
    '-D',
    'Configuration.RunAsUser=root',
    '-D',
    'Configuration.RunAsGroup=root',
  ]
}
