import { ApplyImpossible, type ApplyWork, type Prepared } from '../../orchestrator/apply-work.ts'
import { planOf } from '../../orchestrator/plan.ts'
import type { Activation, ConfigurationStore } from '../../orchestrator/ports.ts'
import type { ApplyRequest, Proposal } from '../../wire/api/configuration.ts'
import { CompilerBusy, CompilerFailed } from '../compiler/compiler.ts'
import type { CompileOrder } from '../compiler/protocol.ts'
import type { Active } from './active.ts'
import { draftOf, keepTexts, type Draft } from './draft.ts'
import type { WorkParts } from './parts.ts'
import { apiObjectOf, orderOfFiles, orderOfRevision } from './sources.ts'

/** A collector that has not answered by then makes the job fail. */
export const ANSWER_WITHIN_MS = 30_000

/** Objects that come without a name for their owner. */
export const API_OWNER = 'api'

/** The files with the objects of the API as they stand, and what is proposed beside them. @throws StoreUnavailable */
export async function orderOfProposal(
  store: ConfigurationStore,
  { documents, managedBy = API_OWNER, prune = false, force = false }: Proposal,
): Promise<CompileOrder> {
  return {
    files: 'on-disk',
    activeObjects: [],
    objects: (await store.storedObjects()).map(apiObjectOf),
    proposal: documents === undefined ? undefined : { documents, managedBy, prune, force },
  }
}

export function applyWork(parts: WorkParts, request: ApplyRequest, author: string): ApplyWork {
  const { message = '', timeoutMs = ANSWER_WITHIN_MS, documents = [], expectedActive } = request
  return {
    kind: 'apply',
    author,
    message,
    timeoutMs,
    bytes: documents.reduce((sum, { text }) => sum + text.length, 0),
    prepare: async () => {
      const { revision } = parts.active
      if (expectedActive !== undefined && expectedActive !== revision)
        throw new ApplyImpossible(
          'refused',
          `revision ${revision} is active by now, look at a new plan`,
        )
      return prepare(parts, () => orderOfProposal(parts.store, request), false)
    },
  }
}

export function reloadWork(parts: WorkParts, author: string): ApplyWork {
  const { store, active } = parts
  return {
    kind: 'reload',
    author,
    message: '',
    timeoutMs: ANSWER_WITHIN_MS,
    bytes: 0,
    prepare: () => prepare(parts, () => orderOfFiles(store, active.manifest), false),
  }
}

export function rollbackWork(
  parts: WorkParts,
  to: Activation,
  { author, message = '', timeoutMs = ANSWER_WITHIN_MS }: RollbackWords,
): ApplyWork {
  return {
    kind: 'rollback',
    author,
    message: message === '' ? `back to ${to.revision}` : message,
    timeoutMs,
    bytes: 0,
    async prepare() {
      const prepared = await prepare(parts, () => orderOfRevision(parts.store, to.manifest), true)
      if (prepared.revision === to.revision) return prepared
      const remark = `it compiles to ${prepared.revision} now: a secret or the program has changed`
      return { ...prepared, remark }
    },
  }
}

export interface RollbackWords {
  readonly author: string
  readonly message: string | undefined
  readonly timeoutMs: number | undefined
}

/** @throws ApplyImpossible */
async function prepare(
  parts: WorkParts,
  orderOf: () => Promise<CompileOrder>,
  isPinned: boolean,
): Promise<Prepared> {
  const { store, compiler, active, clock } = parts
  try {
    const order = await orderOf()
    const draft = await compiler.alone(async (ask) => {
      const made = await draftOf(ask, order, active, clock)
      if (made.outcome.problems.length === 0) await keepTexts(ask, store, made.outcome)
      return made
    })
    return preparedOf(parts, draft, isPinned)
  } catch (error) {
    throw impossible(error)
  }
}

function impossible(error: unknown): unknown {
  const said = (words: string): ApplyImpossible =>
    new ApplyImpossible('failed', `${words}: ${(error as Error).message}`, { cause: error })
  if (error instanceof CompilerFailed || error instanceof CompilerBusy) return said('the compiler')
  if (error instanceof Error && error.name === 'StoreUnavailable')
    return said('the database is away')
  return error
}

function preparedOf(parts: WorkParts, draft: Draft, isPinned: boolean): Prepared {
  const { active, index, clock } = parts
  const { outcome, fleet, digests } = draft
  const { revision, problems, hosts, services, manifest, writes, owners } = outcome
  return {
    revision,
    changed: draft.changed,
    problems,
    plan: () => planOf(fleet, revision),
    activation: () => ({
      revision,
      isPinned,
      hosts,
      services,
      manifest,
      writes,
      isSame: revision === active.revision && isPinned === active.isPinned,
    }),
    activate() {
      const isOther = revision !== active.revision
      Object.assign(active, { revision, owners, isPinned, manifest } satisfies Partial<Active>)
      if (!isOther) return
      Object.assign(active, { fleet, digests } satisfies Partial<Active>)
      index.applyFleet(fleet, clock.now())
    },
  }
}
