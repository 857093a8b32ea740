import process from 'node:process'
import { isatty } from 'node:tty'
import colors from 'picocolors'
import { environment } from '../settings/environment.ts'

/** Where commands write: data to stdout, everything else to stderr. */
export interface Terminal {
  /** Text of data; a newline is added. */
  data(text: string): void
  say(text: string): void
  readonly isInteractive: boolean
  readonly columns: number
  readonly paint: Paint
}

export interface Paint {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly red: (text: string) => string
  readonly yellow: (text: string) => string
  readonly green: (text: string) => string
  readonly magenta: (text: string) => string
}

export function createTerminal(isQuiet: boolean): Terminal {
  const isInteractive = isatty(process.stdout.fd)
  const isPainted = isInteractive && (environment()['NO_COLOR'] ?? '') === ''
  return {
    data: (text) => void process.stdout.write(`${text}\n`),
    say: (text) => {
      if (!isQuiet) process.stderr.write(`${text}\n`)
    },
    isInteractive,
    columns: isInteractive ? process.stdout.columns : Number.POSITIVE_INFINITY,
    paint: colors.createColors(isPainted),
  }
}

/** A reader that went away (`| head`) is no failure. */
export function endQuietlyOnBrokenPipe(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
}
