import { spawn, type ChildProcess } from 'node:child_process'
import type { Clock } from '../../base/clock.ts'

/** A long-lived shell that runs one fping after the other, so that the big process never forks. */
export interface Lane {
  readonly isBusy: boolean
  /** `done` gets the exit status of fping, or `undefined` when the shell itself ended or the deadline came. */
  run(batch: LaneBatch): void
  close(): Promise<void>
}

export interface LaneBatch {
  /** Plain words: nothing in them is read by the shell as anything else. */
  readonly words: readonly string[]
  readonly deadlineMs: number
  line(text: string): void
  done(status: number | undefined): void
}

/** Words are split at spaces, never expanded; the list ends with the shell's input. */
const SCRIPT = `
set -f
LC_ALL=C; export LC_ALL
PATH="$PATH:/usr/sbin:/sbin:/usr/local/sbin"
while IFS= read -r line; do
  fping $line </dev/null 2>&1
  echo "=done $?"
done`

const LINE_MAX = 4096

export function createLane(clock: Clock): Lane {
  let shell: ChildProcess | undefined
  let batch: LaneBatch | undefined
  let stopDeadline: (() => void) | undefined
  let rest = ''

  const settle = (status: number | undefined): void => {
    const ended = batch
    batch = undefined
    stopDeadline?.()
    ended?.done(status)
  }
  const read = (chunk: string): void => {
    const lines = (rest + chunk).split('\n')
    rest = (lines.pop() ?? '').slice(-LINE_MAX)
    for (const line of lines) {
      const end = /^=done (\d+)$/.exec(line)
      if (end === null) batch?.line(line)
      else settle(Number(end[1]))
    }
  }
  const start = (): ChildProcess => {
    const child = spawn('/bin/sh', ['-c', SCRIPT], {
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    const gone = (): void => {
      if (shell !== child) return
      shell = undefined
      rest = ''
      settle(undefined)
    }
    child.stdout.setEncoding('latin1').on('data', (chunk: string) => {
      if (shell === child) read(chunk)
    })
    child.stdin.on('error', gone)
    child.on('error', gone).on('close', gone)
    return child
  }
  return {
    get isBusy() {
      return batch !== undefined
    },
    run(next) {
      batch = next
      shell ??= start()
      shell.stdin?.write(`${next.words.join(' ')}\n`)
      stopDeadline = clock.timer(next.deadlineMs, () => {
        const late = shell
        shell = undefined
        if (late !== undefined) killGroup(late)
        settle(undefined)
      })
    },
    async close() {
      stopDeadline?.()
      batch = undefined
      const child = shell
      shell = undefined
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
      const gone = new Promise((resolve) => child.once('close', resolve))
      killGroup(child)
      await gone
    },
  }
}

/** The shell leads its own process group: its fping goes with it. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    child.kill('SIGKILL')
  }
}
