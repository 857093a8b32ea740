import { answer } from './answer.ts'
import type { BuiltinAnswer, BuiltinRun } from './builtin.ts'

/** Runs a check of this machine. What it cannot read makes it UNKNOWN, in words; `done` never runs before `start` has returned. */
export function localRun(
  word: string,
  work: () => Promise<BuiltinAnswer>,
  done: (answer: BuiltinAnswer) => void,
): BuiltinRun {
  let isCancelled = false
  const tell = (result: BuiltinAnswer): void => {
    if (!isCancelled) done(result)
  }
  const unreadable = (error: unknown): BuiltinAnswer =>
    answer(3, `${word} UNKNOWN - ${error instanceof Error ? error.message : String(error)}`)
  void work().catch(unreadable).then(tell)
  return {
    cancel() {
      isCancelled = true
    },
  }
}
