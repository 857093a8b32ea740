import type { Clock } from '../base/clock.ts'
import { after, isoOf, type Instant } from '../base/instant.ts'
import type { CheckId } from '../domain/check-id.ts'
import { ruleText } from '../domain/decision-policy.ts'
import type { DecisionRule } from '../domain/verdict.ts'
import type { Explanation, Receipt } from '../results/decision/receipt.ts'
import type { Cell } from '../results/decision/seen-cell.ts'
import type { LastWords } from '../results/last-words.ts'
import type { VerdictStore } from '../results/ports.ts'
import type { SharedVerdicts } from '../results/shared-verdicts.ts'
import type { ObserverWord, TruthDesk } from '../web/ports.ts'
import { createPastDesk } from './past-desk.ts'
import type { ExplanationAnswer } from '../wire/api/truth.ts'

export interface TruthDeskParts {
  readonly hub: string
  readonly shared: SharedVerdicts
  readonly store: VerdictStore
  readonly clock: Clock
}

/** Rules that are shown beside the one that decides. */
const OTHERS: readonly DecisionRule[] = [
  'evidence',
  'any',
  'majority',
  { kOf: 2 },
  { penaltyMs: 30_000 },
]
/** Past incidents that are shown. */
const PAST_MS = 7 * 86_400_000
const INCIDENTS_MAX = 500

/** Verdicts of several observers, as the web server asks for them. */
export function createTruthDesk({ hub, shared, store, clock }: TruthDeskParts): TruthDesk {
  return {
    async explain(id, at) {
      if (at !== undefined) {
        const receipt = await lastBefore(store, id, at)
        return receipt === undefined ? undefined : answerOf(receipt, [])
      }
      const number = shared.numberOf(id)
      if (number === undefined) return undefined
      const now = clock.now()
      const others = OTHERS.map((rule) => ({
        rule: ruleText(rule),
        kind: shared.engine.kindUnder(number, rule, now),
      }))
      return { ...answerOf(shared.engine.explain(number, now), others), isLive: true }
    },
    reports(id) {
      const number = shared.numberOf(id)
      if (number === undefined) return undefined
      const items = shared.engine.cellsOf(number, clock.now()).map((cell) => ({
        ...cell,
        at: isoOrNull(cell.at),
        penalisedUntil: isoOrNull(cell.penalisedUntil),
      }))
      return { id, items }
    },
    words(id) {
      const number = shared.numberOf(id)
      if (number === undefined) return []
      const cells = shared.engine.cellsOf(number, clock.now())
      return cells.map((cell) => wordOf(cell, shared.words.get(id, cell.observer)))
    },
    standings: () =>
      shared.engine
        .observerHealth(clock.now())
        .map(({ observer: name, site, setAside, badShare }) => ({
          name,
          site,
          setAside,
          badShare,
        })),
    async observers() {
      const now = clock.now()
      const from = (now - PAST_MS) as Instant
      const to = (now + 1) as Instant
      const incidents = await store.incidents({ from, to, limit: INCIDENTS_MAX })
      return {
        items: shared.engine
          .observerHealth(now)
          .map((one) => ({ ...one, lastAt: isoOrNull(one.lastAt), sites: [...one.sites] })),
        incidents: incidents.map(({ kind, observer, subject, text, openedAt, closedAt }) => ({
          kind,
          observer,
          subject,
          text,
          openedAt: isoOf(openedAt),
          closedAt: isoOrNull(closedAt),
        })),
      }
    },
    ...createPastDesk({ shared, store }),
    digest(at) {
      const { engine } = shared
      const now = at ?? clock.now()
      const checks = engine.topology.checks.length
      return { hub, at: isoOf(now), digest: engine.digest(now), checks }
    },
  }
}

const EVER = 0 as Instant

/** That of the instant itself, too. Of several in one millisecond the last is the one that no other goes on from. */
async function lastBefore(
  store: VerdictStore,
  checkId: CheckId,
  at: Instant,
): Promise<Receipt | undefined> {
  const receipts = await store.receipts({ checkId, from: EVER, to: after(at, 1), limit: 4 })
  const same = receipts.filter((one) => one.at === receipts[0]?.at)
  return same.find(({ kind }) => !same.some(({ from }) => from === kind)) ?? same[0]
}

type Known = ReturnType<LastWords['get']>

/** The word that is no longer the newest evidence (a result ahead of its time has become due since) says nothing of it. */
function wordOf(cell: Cell, known: Known): ObserverWord {
  const { observer, site, isFresh, relation, setAside } = cell
  const word = known?.word?.at === cell.at ? known?.word : undefined
  return {
    observer,
    site,
    class: cell.class,
    state: word?.state ?? 'pending',
    at: isoOrNull(cell.at),
    latencyMs: word?.tookMs ?? null,
    isFresh,
    use: known?.refused ?? useOf(cell),
    relation,
    penalisedUntil: isoOrNull(cell.penalisedUntil),
    setAside,
    output: word?.output ?? '',
  }
}

function useOf({ class: said, setAside, penalisedUntil }: Cell): ObserverWord['use'] {
  if (said === null) return null
  if (setAside !== null) return 'set-aside'
  if (said === 'unknown') return 'no-vote'
  return penalisedUntil === null ? 'counted' : 'penalised'
}

function answerOf(
  explained: Explanation,
  otherRules: ExplanationAnswer['otherRules'],
): ExplanationAnswer {
  const { checkId, at, kind, cause, rule, evidence, needed, isUnconfirmed, sentence } = explained
  return {
    id: checkId,
    at: isoOf(at),
    isLive: false,
    kind,
    cause,
    rule: ruleText(rule),
    evidence,
    needed,
    isUnconfirmed,
    sentence,
    okAt: isoOrNull(explained.okAt),
    okOf: explained.okOf,
    witnesses: explained.witnesses.map((one) => ({
      observer: one.observer,
      site: one.site,
      class: one.class,
      run: one.run,
      weight: one.weight,
      falseRate: one.falseRate,
      at: isoOf(one.at),
    })),
    setAside: [...explained.setAside],
    otherRules: [...otherRules],
  }
}

function isoOrNull(at: Instant | null): string | null {
  return at === null ? null : isoOf(at)
}
