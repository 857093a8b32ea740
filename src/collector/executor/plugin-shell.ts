import { spawn, type ChildProcess } from 'node:child_process'

/** What a pool hears of one shell. */
export interface ShellEvents {
  /** The command that was given to `run` ended. */
  ended(shell: PluginShell, status: number): void
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
 * whatever the command started. Commands have /dev/null as input, a fresh file as output and a file of the shell's for errors; its own
 * output and errors are the answer: `<marker> <status>`.
 */
export class PluginShell {
  readonly errorFile: string
  readonly #folder: string
  readonly #number: number
  readonly #marker: string
  readonly #child: ChildProcess
  readonly #events: ShellEvents
  #reply = ''
  #runs = 0
  #isGone = false
  outputFile = ''

  constructor(place: ShellPlace, events: ShellEvents) {
    this.#folder = place.folder
    this.#number = place.number
    this.#marker = place.marker
    this.#events = events
    this.errorFile = `${place.folder}/${place.number}.err`
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

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** Gives the shell one command; `text` is a simple command with everything quoted. */
  run(text: string): void {
    this.#runs++
    this.outputFile = `${this.#folder}/${this.#number}.${this.#runs}`
    this.#reply = ''
    this.#child.stdin?.write(
      `${text} >${this.outputFile} 2>${this.errorFile} </dev/null;echo "${this.#marker} $?"\n`,
    )
  }

  /** To the whole group; a group that is gone is no fault. */
  signal(name: 'SIGTERM' | 'SIGKILL'): void {
    const { pid } = this.#child
    if (pid === undefined) return
    try {
      process.kill(-pid, name)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
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
    this.#events.ended(this, status)
  }

  #leave(): void {
    if (this.#isGone) return
    this.#isGone = true
    this.#events.gone(this)
  }
}
