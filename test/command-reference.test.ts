import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createProgram } from '../src/cli/program.ts'

const page = readFileSync(join(import.meta.dirname, '../docs/reference/cli.md'), 'utf8')

/** Commands that the completion and the help bring themselves. */
const FOREIGN = new Set(['complete', 'completion', 'help'])
const commands = createProgram().commands.filter((command) => !FOREIGN.has(command.name()))

test('docs/reference/cli.md names every command', () => {
  const listed = [...page.matchAll(/^\| `([a-z-]+)[^`]*`/gm)].map(([, name]) => name)
  for (const command of commands) expect(listed).toContain(command.name())
})

test.each(commands.map((command) => [command.name(), command] as const))(
  '%s has a description, and help that begins with examples',
  (_name, command) => {
    expect(command.description()).not.toBe('')
    let text = ''
    command.configureOutput({ writeOut: (part) => (text += part) })
    command.outputHelp()
    expect(text).toMatch(/^Examples:\n(?: {2}.*# .*\n){2,}/)
  },
)
