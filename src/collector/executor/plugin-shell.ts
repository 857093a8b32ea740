import { spawn, type ChildProcess } from 'node:child_process'
import { groupsBelow } from './process-tree.ts'

/** What a pool hears of one shell. */
export interface ShellEvents {
  /** The command that was given to `run` ended. `complaint`: what the shell itself said about it, mostly nothing. */
  ended(shell: PluginShell, status: number, complaint: string): void
  /** The shell is gone, wanted or not. Called once. */
  gone(shell: PluginShell): void
}

export interface ShellPlace {
  readonly program: string
  /** Folder of the output files. */
  readonly folder: string
  /** Unique in the folder. */
  readonly number: number
  /** No plugin may make a file longer than this. */
  readonly fileBytesMax: number
  /** A word that no plugin can guess. */
  readonly marker: string
  readonly environment: Readonly<Record<string, string>>
}

/** What a shell may say before its answer; more means that it is broken. */
const REPLY_MAX = 16_384

/**
 * One long-lived shell that runs one command after another. It leads a process group of its own, so that a signal to the group reaches
 * whatever the command started. Commands have /dev/null as input and fresh files for output and errors, so that what an earlier command
 * left running writes into nobody's; the shell's own output and errors are the answer: `<marker> <status>`.
 */
export class PluginShell {
  readonly #folder: string
  readonly #number: number
  readonly #marker: string
  readonly #child: ChildProcess
  readonly #events: ShellEvents
  #reply = ''
  #runs = 0
  #isGone = false
  /** Groups of their own that the command's processes had when the first signal was sent. */
  #groups: readonly number[] = []
  outputFile = ''
  errorFile = ''

  /** @throws when the system has no memory for another process */
  constructor(place: ShellPlace, events: ShellEvents) {
    this.#folder = place.folder
    this.#number = place.number
    this.#marker = place.marker
    this.#events = events
    this.#child = spawn(place.program, ['-s'], {
      stdio: ['pipe', 'pipe', 'ignore'],
      detached: true,
      env: place.environment,
    })
    const { stdin, stdout } = this.#child
    stdin?.on('error', () => undefined) // 'exit' says the same
    stdout?.on('data', (chunk: Buffer) => this.#hear(chunk))
    this.#child.once('error', () => this.#leave())
    this.#child.once('exit', () => this.#leave())
    stdin?.write(`exec 2>&1;ulimit -c 0;ulimit -f ${Math.ceil(place.fileBytesMax / 512)}\n`)
  }

  /** Gives the shell one command; `text` is a simple command with everything quoted. */
  run(text: string): void {
    this.#runs++
    this.outputFile = `${this.#folder}/${this.#number}.${this.#runs}`
    this.errorFile = `${this.outputFile}e`
    this.#reply = ''
    this.#child.stdin?.write(
      `${text} >${this.outputFile} 2>${this.errorFile} </dev/null;echo "${this.#marker} $?"\n`,
    )
  }

  /** To the shell, to its group, and to the groups that the command has made since; those stay known for the next signal. */
  signal(name: 'SIGTERM' | 'SIGKILL'): void {
    const { pid } = this.#child
    if (pid === undefined) return
    if (!this.#isGone) this.#groups = [...new Set([...this.#groups, ...groupsBelow(pid)])]
    for (const group of [pid, ...this.#groups]) signalGroup(group, name)
  }

  #hear(chunk: Buffer): void {
    this.#reply += chunk.toString('latin1')
    const at = this.#reply.indexOf(this.#marker)
    if (at < 0) {
      if (this.#reply.length > REPLY_MAX) this.signal('SIGKILL')
      return
    }
    const end = this.#reply.indexOf('\n', at)
    if (end < 0) return
    const status = Number(this.#reply.slice(at + this.#marker.length + 1, end))
    this.#events.ended(this, status, this.#reply.slice(0, at))
  }

  #leave(): void {
    if (this.#isGone) return
    this.#isGone = true
    this.#events.gone(this)
  }
}

/** A group that is gone, or that has become another user's (`sudo`), is no fault. */
function signalGroup(group: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(-group, name)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ESRCH' && code !== 'EPERM') throw error
  }
}
