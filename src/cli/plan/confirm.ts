import process from 'node:process'
import { createInterface } from 'node:readline'
import { counted } from '../../base/words.ts'
import { CommandFailed, EXIT } from '../exit.ts'
import { totalOf, type Counts } from './changes.ts'

/** More objects than these do not change without a word of somebody. */
const UNASKED_MAX = 50

/**
 * Asks on a terminal; without one, many changes and every deletion need `--yes`.
 * @throws CommandFailed `usage` when nobody says yes
 */
export async function confirm(counts: Counts, isYes: boolean, question: string): Promise<void> {
  if (isYes || (await saysYes(question))) return
  const total = totalOf(counts)
  if (counts.deleted === 0 && total <= UNASKED_MAX) return
  const what =
    counts.deleted > 0
      ? `${counted(counts.deleted, 'object')} would be deleted`
      : `${total} objects would change`
  throw new CommandFailed(
    EXIT.usage,
    `${what}, and there is no terminal to ask: nothing was changed`,
    'look at the plan, then add --yes',
  )
}

/**
 * For what cannot be taken back: without a terminal it needs `--yes`.
 * @param what such as `this would shut out east.c1 for ever`
 * @throws CommandFailed `usage` when nobody says yes
 */
export async function confirmAlways(isYes: boolean, question: string, what: string): Promise<void> {
  if (isYes || (await saysYes(question))) return
  const hint = 'look twice, then add --yes'
  throw new CommandFailed(EXIT.usage, `${what}, and there is no terminal to ask`, hint)
}

/** `false`: there is no terminal to ask. @throws CommandFailed when the answer is no */
async function saysYes(question: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return false
  if (/^y(es)?$/i.test((await ask(`\n${question} [y/N] `)).trim())) return true
  throw new CommandFailed(EXIT.usage, 'nothing was changed')
}

/** The line that is typed; empty when the input ends. */
export function ask(question: string): Promise<string> {
  return new Promise((resolve) => {
    const lines = createInterface({ input: process.stdin, output: process.stderr })
    lines.once('close', () => resolve(''))
    lines.question(question, (answer) => {
      resolve(answer)
      lines.close()
    })
  })
}
