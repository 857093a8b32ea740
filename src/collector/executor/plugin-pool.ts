import { Buffer } from 'node:buffer'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import type { Clock } from '../../base/clock.ts'
import type { CheckOutcome } from '../../domain/check-result.ts'
import { commandTextOf, type CommandText, type PluginCommand } from './command-text.ts'
import { outcomeOf, type CheckedObject } from './plugin-outcome.ts'
import { PluginShell } from './plugin-shell.ts'
import { createScratch, type Scratch } from './scratch.ts'

export interface PluginPoolSettings {
  /** POSIX shells; the first that exists is used. dash forks cheapest. */
  readonly shells: readonly string[]
  /** Shells, and so plugins at the same time. */
  readonly slots: number
  /** Between TERM and KILL. */
  readonly killGraceMs: number
  /** Of one plugin's output; the rest is cut off. */
  readonly outputBytesMax: number
  /** Of any file a plugin writes, its output too: a flood ends by signal. */
  readonly fileBytesMax: number
  /** New shells at once, and per second: starting one costs more the bigger this process is. */
  readonly shellBurst: number
  readonly shellsPerSecond: number
  readonly environment: Readonly<Record<string, string>>
}

/** One command in a shell. */
export interface PluginRun {
  /** TERM to all that it started, KILL after the grace; its end is not reported. */
  cancel(): void
}

export interface PluginPool {
  /** `undefined`: no shell is free. `done` is called once, unless cancelled first. */
  start(
    command: PluginCommand,
    object: CheckedObject,
    done: (outcome: CheckOutcome) => void,
  ): PluginRun | undefined
  readonly running: number
  /** Shells that died or were ended because of what they ran. */
  readonly replaced: number
  /** Shells that the system had no room for. */
  readonly unopened: number
  close(): Promise<void>
}

interface Task extends PluginRun {
  readonly text: CommandText
  readonly object: CheckedObject
  readonly done: (outcome: CheckOutcome) => void
  attempts: number
}

const ATTEMPTS_MAX = 2
const CLOSE_MAX_MS = 2000
const NO_SHELL: CheckOutcome = {
  kind: 'not-started',
  reason: 'executor-failed',
  output: '(The shell that ran the plugin died, twice)',
}
const NO_FILE: CheckOutcome = {
  kind: 'not-started',
  reason: 'executor-failed',
  output: '(The output of the plugin could not be written: is the temporary file system full?)',
}

/** Rules PX10 to PX18 of docs/spec/plugin-execution.md. */
export class ShellPool implements PluginPool {
  readonly #clock: Clock
  readonly #settings: PluginPoolSettings
  readonly #scratch: Scratch
  readonly #program: string
  readonly #marker = randomBytes(12).toString('hex')
  readonly #idle: PluginShell[] = []
  readonly #busy = new Map<PluginShell, Task | undefined>()
  readonly #texts = new WeakMap<PluginCommand, CommandText>()
  /** Shells that were told to end, with what cancels their KILL: some of what they started may outlive them by the grace. */
  readonly #ending = new Map<PluginShell, () => void>()
  #opened = 0
  #replaced = 0
  #unopened = 0
  #tokens: number
  #filledAtMs: number
  #whenEmpty: (() => void) | undefined

  constructor(clock: Clock, settings: PluginPoolSettings) {
    this.#clock = clock
    this.#settings = settings
    this.#program = settings.shells.find((path) => existsSync(path)) ?? '/bin/sh'
    this.#scratch = createScratch(Buffer.allocUnsafe(settings.outputBytesMax))
    this.#tokens = settings.shellBurst
    this.#filledAtMs = clock.monotonicMs()
  }

  get running(): number {
    return this.#busy.size
  }

  get replaced(): number {
    return this.#replaced
  }

  get unopened(): number {
    return this.#unopened
  }

  start(
    command: PluginCommand,
    object: CheckedObject,
    done: (outcome: CheckOutcome) => void,
  ): PluginRun | undefined {
    let text = this.#texts.get(command)
    if (text === undefined) this.#texts.set(command, (text = commandTextOf(command)))
    const task: Task = { text, object, done, attempts: 0, cancel: () => undefined }
    return this.#launch(task, this.#idle.pop() ?? this.#openInTurn()) ? task : undefined
  }

  async close(): Promise<void> {
    const empty = new Promise<void>((resolve) => (this.#whenEmpty = resolve))
    for (const cancelKill of this.#ending.values()) cancelKill()
    const shells = new Set([...this.#idle, ...this.#busy.keys(), ...this.#ending.keys()])
    for (const shell of shells) shell.signal('SIGKILL')
    if (this.#shells > 0) await Promise.race([empty, this.#clock.sleep(CLOSE_MAX_MS)])
    this.#scratch.close()
  }

  get #shells(): number {
    return this.#idle.length + this.#busy.size
  }

  #launch(task: Task, shell: PluginShell | undefined): boolean {
    if (shell === undefined) return false
    task.attempts++
    task.cancel = () => this.#end(shell)
    this.#busy.set(shell, task)
    shell.run(task.text.text)
    return true
  }

  /** A new shell, when there is a slot and the rate of new ones allows it. */
  #openInTurn(): PluginShell | undefined {
    const { slots, shellBurst, shellsPerSecond } = this.#settings
    const nowMs = this.#clock.monotonicMs()
    const refill = ((nowMs - this.#filledAtMs) * shellsPerSecond) / 1000
    this.#tokens = Math.min(shellBurst, this.#tokens + refill)
    this.#filledAtMs = nowMs
    return this.#shells >= slots || this.#tokens < 1 ? undefined : this.#open()
  }

  #open(): PluginShell | undefined {
    if (this.#whenEmpty !== undefined) return undefined
    this.#tokens--
    const { fileBytesMax, environment } = this.#settings
    const place = {
      program: this.#program,
      folder: this.#scratch.folder,
      number: ++this.#opened,
      fileBytesMax,
      marker: this.#marker,
      environment,
    }
    try {
      return new PluginShell(place, {
        ended: (shell, status, complaint) => this.#ended(shell, status, complaint),
        gone: (shell) => this.#gone(shell),
      })
    } catch {
      this.#unopened++ // no memory for another process: the job stays due
      return undefined
    }
  }

  #ended(shell: PluginShell, status: number, complaint: string): void {
    const task = this.#busy.get(shell)
    if (task === undefined) return // cancelled: the shell is being ended
    const stdout = this.#scratch.take(shell.outputFile)
    const needsErrors = stdout !== undefined && (/^(?:$|\0)/.test(stdout.text) || status > 128)
    const stderr = needsErrors ? this.#scratch.take(shell.errorFile) : undefined
    if (!needsErrors) this.#scratch.remove(shell.errorFile)
    this.#busy.delete(shell)
    this.#idle.push(shell)
    if (stdout === undefined || (needsErrors && stderr === undefined)) {
      this.#scratch.restore()
      return task.done(NO_FILE)
    }
    const { program } = task.text
    task.done(
      outcomeOf({ status, stdout, stderr: stderr?.text ?? '', complaint, program }, task.object),
    )
  }

  #gone(shell: PluginShell): void {
    const task = this.#busy.get(shell)
    const at = this.#idle.indexOf(shell)
    if (at >= 0) this.#idle.splice(at, 1)
    this.#busy.delete(shell)
    if (shell.outputFile !== '') {
      this.#scratch.remove(shell.outputFile)
      this.#scratch.remove(shell.errorFile)
    }
    if (!this.#ending.has(shell)) shell.signal('SIGKILL') // whatever it had started
    if (this.#whenEmpty !== undefined) {
      if (this.#shells === 0) this.#whenEmpty()
      return
    }
    this.#replaced++
    if (task === undefined) return
    // A command that kills its shell is tried once more, in case the shell died of something else.
    const isRetried = task.attempts < ATTEMPTS_MAX && this.#launch(task, this.#open())
    if (!isRetried) task.done(NO_SHELL)
  }

  /** TERM, and KILL after the grace to what is left; until the shell is gone its slot is taken. */
  #end(shell: PluginShell): void {
    this.#busy.set(shell, undefined)
    shell.signal('SIGTERM')
    const cancelKill = this.#clock.timer(this.#settings.killGraceMs, () => {
      this.#ending.delete(shell)
      shell.signal('SIGKILL')
    })
    this.#ending.set(shell, cancelKill)
  }
}
