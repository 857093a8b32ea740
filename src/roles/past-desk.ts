import type { VerdictStore } from '../results/ports.ts'
import type { SharedVerdicts } from '../results/shared-verdicts.ts'
import type { TruthDesk } from '../web/ports.ts'

export interface PastDeskParts {
  readonly shared: SharedVerdicts
  readonly store: VerdictStore
}

/** What is needed to decide the past again. */
export function createPastDesk({
  shared,
  store,
}: PastDeskParts): Pick<TruthDesk, 'pastReceipts' | 'pastEvidence' | 'topology'> {
  return {
    pastReceipts: (query) => store.receiptPage(query),
    async pastEvidence(query) {
      const { rows, next } = await store.evidencePage(query)
      const items = rows.flatMap((row) => shared.evidenceOf(row) ?? [])
      return { items, nextCursor: next ?? null }
    },
    topology() {
      const { observers, sites, hosts, checks } = shared.engine.topology
      return {
        observers: [...observers],
        sites: [...sites],
        hosts: [...hosts],
        checks: checks.map((check) => ({ ...check, observers: [...check.observers] })),
      }
    },
  }
}
