import { counted } from '../../base/words.ts'
import type { ConfigurationProblem, PlanAnswer } from '../../wire/api/configuration.ts'
import { renderProblems } from '../configuration.ts'
import { CommandFailed, EXIT } from '../exit.ts'
import { ageOf } from '../object-columns.ts'
import { plain } from '../table.ts'
import type { Terminal } from '../terminal.ts'
import { countsOf, paintSign, PLANNED, renderChanges, renderCounts, totalOf } from './changes.ts'

/** Whether an apply would leave anything other than it is. */
export function changesAnything(plan: PlanAnswer): boolean {
  return plan.active !== plan.revision || totalOf(countsOf(plan.changes)) > 0
}

export interface PlanShape {
  readonly isWhole: boolean
  /** For the age of drift, ms. */
  readonly now: number
}

/** Objects, counts, effects and drift, as people read them. */
export function renderPlan(plan: PlanAnswer, terminal: Terminal, shape: PlanShape): string {
  const changes = renderChanges(plan.changes, terminal, shape.isWhole)
  const blocks = [
    changes,
    changesAnything(plan)
      ? [
          ...renderCounts(plan.changes, 'Plan', PLANNED),
          `Revision ${plan.active} -> ${plan.revision}`,
        ]
      : [`Nothing to do: revision ${plan.active} is what should be.`],
    plan.effects.length === 0 ? [] : ['Effects:', ...plan.effects.map((line) => `  ${line}`)],
    driftLines(plan, terminal, shape.now),
  ]
  return blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')
}

function driftLines({ drift }: PlanAnswer, { paint }: Terminal, now: number): string[] {
  if (drift.length === 0) return []
  const verbs = { created: 'made', changed: 'changed', deleted: 'deleted' } as const
  return [
    `Drift: ${counted(drift.length, 'object')} not as the owner left ${drift.length === 1 ? 'it' : 'them'}`,
    ...drift.flatMap(({ kind, name, managedBy, changedBy, changedAt, change }) => [
      `  ${paintSign(paint, change)} ${kind} ${plain(name)} of ${managedBy}`,
      `    ${verbs[change]} by ${plain(changedBy)} ${ageOf(changedAt, now)} ago, at ${changedAt}`,
    ]),
  ]
}

/** Says every problem and returns what ends the command: 5 when objects of others stand in the way, else 1. */
export function planRefused(
  problems: readonly ConfigurationProblem[],
  terminal: Terminal,
  message: string,
): CommandFailed {
  const lines = problems.map((problem) => ({ ...problem, hint: problem.hint ?? undefined }))
  if (lines.length > 0) terminal.say(renderProblems(lines, terminal.paint))
  const isOwned = problems.length > 0 && problems.every(({ code }) => code === 'object_owned')
  return isOwned
    ? new CommandFailed(
        EXIT.conflict,
        message,
        'leave these objects to their owner, or take them over with --force',
      )
    : new CommandFailed(EXIT.failed, message)
}
