import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder } from './daemon.ts'
import { eventually } from './program.ts'

/**
 * Follows a page of docs/operating word for word: each block that begins with ```sh NAME is typed into the terminal of that name. All
 * terminals are on one machine of its own, a network namespace, so that the ports of the page are free; where this user may not make one
 * they are this machine's. Their home is a temporary folder.
 */
export interface RecipePage {
  /** Types all blocks, each when the one before has ended, or its program is up. */
  follow(): Promise<void>
  /** Of one terminal. */
  printed(terminal: string): string
  /** A command beside the page's, in the same machine and home. @returns what it printed; rejects when it fails */
  run(command: string): Promise<string>
  /** Ends every program of that machine. */
  end(): Promise<void>
}

export interface Block {
  readonly terminal: string
  readonly text: string
}

const root = join(import.meta.dirname, '..', '..')

export function blocksOf(page: string): readonly Block[] {
  const text = readFileSync(join(root, 'docs', 'operating', page), 'utf8')
  return [...text.matchAll(/^```sh (\S+)\n([\s\S]*?)^```$/gm)].map(([, terminal, block]) => ({
    terminal: terminal as string,
    text: block as string,
  }))
}

/** What programs say that stay in the foreground once they are up. */
const UP = /^(Console: |Collector \S+ for )|Server is ready/m
/** As `collector token` prints it. */
const TOKEN = /^eyJ[\w-]{100,}$/gm
const BLOCK_MAX_MS = 90_000
const DONE = '## the block has ended ##'

export function openPage(page: string): RecipePage {
  const home = makeFolder()
  const machine = openMachine()
  const terminals = new Map<string, Terminal>()
  // As an operator has it: with the watchdog that other tests do without.
  const env = { ...process.env, HOME: home.path, PARALLAX_WATCHDOG: '' }
  const start = (words: readonly string[], stdio: ('ignore' | 'pipe')[]): ChildProcess => {
    const [command = '', ...rest] = [...machine.enter, ...words]
    return spawn(command, rest, { cwd: root, env, stdio })
  }
  const terminalOf = (name: string): Terminal => {
    const known = terminals.get(name)
    if (known !== undefined) return known
    const opened = new Terminal(start(['bash', '--norc', '-s'], ['pipe', 'pipe', 'pipe']))
    terminals.set(name, opened)
    return opened
  }
  const all = (): string => [...terminals.values()].map(({ text }) => text).join('\n')
  return {
    async follow() {
      for (const { terminal, text } of blocksOf(page)) {
        const token = all().match(TOKEN)?.at(-1)
        await terminalOf(terminal).type(text.replaceAll(/\bTOKEN\b/g, token ?? 'TOKEN'))
      }
    },
    printed: (terminal) => terminals.get(terminal)?.text ?? '',
    async run(command) {
      const child = start(['bash', '-c', command], ['ignore', 'pipe', 'pipe'])
      let text = ''
      for (const stream of [child.stdout, child.stderr])
        stream?.on('data', (chunk: Buffer) => (text += chunk.toString()))
      const [status] = (await once(child, 'close')) as [number | null]
      if (status !== 0) throw new Error(`${command}: ${status}\n${text}`)
      return text
    },
    async end() {
      for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
        for (const pid of processesOf(home.path)) process.kill(pid, signal)
        await eventually(
          async () => (processesOf(home.path).length === 0 ? true : undefined),
          15_000,
        ).catch(() => undefined)
      }
      machine.remove()
      home.remove()
    },
  }
}

class Terminal {
  readonly #shell: ChildProcess
  text = ''

  constructor(shell: ChildProcess) {
    this.#shell = shell
    for (const stream of [shell.stdout, shell.stderr])
      stream?.on('data', (chunk: Buffer) => (this.text += chunk.toString()))
    this.#write('set -e')
  }

  async type(block: string): Promise<void> {
    const before = this.text.length
    this.#write(`${block}\necho '${DONE}'`)
    await eventually(
      async () => {
        const said = this.text.slice(before)
        if (said.includes(DONE) || UP.test(said)) return true
        if (this.#shell.exitCode !== null) throw new Error(`${block}\n${said}`)
        return undefined
      },
      BLOCK_MAX_MS,
      block,
    )
  }

  #write(text: string): void {
    this.#shell.stdin?.write(`${text}\n`)
  }
}

interface Machine {
  /** Before each command. */
  readonly enter: readonly string[]
  remove(): void
}

function openMachine(): Machine {
  const name = `plx-${process.pid}-${Math.floor(performance.now())}`
  try {
    ip('netns', 'add', name)
  } catch {
    return { enter: [], remove: () => undefined }
  }
  const enter = ['ip', 'netns', 'exec', name]
  ip(...enter.slice(1), 'ip', 'link', 'set', 'lo', 'up')
  return { enter, remove: () => ip('netns', 'del', name) }
}

function ip(...words: readonly string[]): void {
  execFileSync('ip', words, { stdio: 'pipe' })
}

/** All that were started in this home, or with a file of it; the servers of ours among them get no environment. */
function processesOf(home: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && ['environ', 'cmdline'].some((file) => mentions(pid, file, home)))
}

function mentions(pid: number, file: string, home: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8').includes(home)
  } catch {
    return false // ended meanwhile, or another user's
  }
}
