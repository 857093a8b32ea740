import type { Contestant, Question, Report, StateChange, Verdicts } from '../contestant.ts'
import type { WorldTopology } from '../world/topology.ts'

/** Evidence older than any that can come. */
export const LONG_AGO = -1e15

/** What all rules have in common: one state for each check, and a page unless the host's own check is down already. */
export abstract class RuleOfThumb implements Contestant {
  readonly topology: WorldTopology
  readonly #down: Uint8Array
  readonly #changes: StateChange[] = []
  #questions: Question[] = []
  #pages = 0

  constructor(topology: WorldTopology) {
    this.topology = topology
    this.#down = new Uint8Array(topology.checks.length)
  }

  abstract take(report: Report, now: number): void

  tick(_now: number): void {
    return
  }

  drainQuestions(): readonly Question[] {
    const questions = this.#questions
    if (questions.length > 0) this.#questions = []
    return questions
  }

  close(): Verdicts {
    return {
      changes: this.#changes,
      incidents: undefined,
      pages: this.#pages,
      blamesByHostCheck: true,
    }
  }

  protected isDown(check: number): boolean {
    return this.#down[check] === 1
  }

  protected ask(question: Question): void {
    this.#questions.push(question)
  }

  protected set(check: number, isDown: boolean, now: number): void {
    if (this.isDown(check) === isDown) return
    this.#down[check] = Number(isDown)
    this.#changes.push({ at: now, check, isDown, scope: 'service' })
    if (!isDown) return
    const host = this.topology.checks[check]?.host ?? 0
    const alive = this.topology.checksOf[host]?.[0] ?? check
    if (alive === check || !this.isDown(alive)) this.#pages++
  }
}
