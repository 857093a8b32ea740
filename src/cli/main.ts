import process from 'node:process'
import { CommanderError } from 'commander'
import { SettingRefused } from '../settings/settings.ts'
import { CommandFailed, EXIT } from './exit.ts'
import { createProgram } from './program.ts'
import { plain } from './table.ts'
import { endQuietlyOnBrokenPipe } from './terminal.ts'

endQuietlyOnBrokenPipe()
try {
  await createProgram().parseAsync(process.argv)
} catch (error) {
  process.exitCode = report(error)
}

/** Says what went wrong and returns the exit status. */
function report(error: unknown): number {
  // Commander has printed its own message already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
  if (error instanceof CommandFailed) {
    process.stderr.write(`parallax: ${plainLines(error.message)}\n`)
    if (error.hint !== undefined) process.stderr.write(`  hint: ${plainLines(error.hint)}\n`)
    return error.status
  }
  if (error instanceof SettingRefused) {
    process.stderr.write(`parallax: ${plainLines(error.message)}\n`)
    return EXIT.usage
  }
  process.stderr.write(
    `parallax: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  )
  return EXIT.failed
}

/** Messages quote files and answers. */
function plainLines(text: string): string {
  return text.split('\n').map(plain).join('\n')
}
