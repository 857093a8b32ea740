import type { Terminal } from './terminal.ts'

/** Facts about one thing. Those without a text are left out; one without a label goes on from the line above. */
export type Lines = readonly (readonly [label: string, text: string])[]

export function printLines(terminal: Terminal, title: string, lines: Lines): void {
  terminal.data(terminal.paint.bold(title))
  for (const [label, text] of lines) {
    if (text !== '') terminal.data(`  ${label.padEnd(11)} ${text}`)
  }
}
