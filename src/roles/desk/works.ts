import { ApplyImpossible, type ApplyWork, type Prepared } from '../../orchestrator/apply-work.ts'
import type { PlanBook, Sharing } from '../../orchestrator/plan.ts'
import type { Activation } from '../../orchestrator/ports.ts'
import type { ApplyRequest, Proposal } from '../../wire/api/configuration.ts'
import { CompilerBusy, CompilerFailed } from '../compiler/compiler.ts'
import type { CompileOrder } from '../compiler/protocol.ts'
import type { Active } from './active.ts'
import { draftOf, keepTexts, type Draft } from './draft.ts'
import type { WorkParts } from './parts.ts'
import { apiObjectOf, fileSources, orderOfFiles, orderOfRevision } from './sources.ts'

/** A collector that has not answered by then makes the job fail. */
export const ANSWER_WITHIN_MS = 30_000

/** Objects that come without a name for their owner. */
export const API_OWNER = 'api'

/** The files with the objects of the API as they stand, and what is proposed beside them. @throws ApplyImpossible, StoreUnavailable */
export async function orderOfProposal(
  { store, active, hasFiles }: Pick<WorkParts, 'store' | 'active' | 'hasFiles'>,
  { documents, managedBy = API_OWNER, prune = false, force = false }: Proposal,
): Promise<CompileOrder> {
  return {
    ...(await fileSources(store, active, hasFiles)),
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
      return prepare(parts, () => orderOfProposal(parts, request), false)
    },
  }
}

export function reloadWork(parts: WorkParts, author: string): ApplyWork {
  const { store, active, hasFiles } = parts
  return {
    kind: 'reload',
    author,
    message: '',
    timeoutMs: ANSWER_WITHIN_MS,
    bytes: 0,
    prepare: () =>
      prepare(
        parts,
        async () =>
          orderOfFiles(store, active.manifest, await fileSources(store, active, hasFiles)),
        false,
      ),
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
      const prepared = await prepare(
        parts,
        () => orderOfRevision(parts.store, to.manifest, to.url),
        true,
      )
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
    const { url } = order
    const draft = await compiler.alone(async (ask) => {
      const made = await draftOf(ask, order, active, clock)
      if (made.outcome.problems.length === 0) await keepTexts(ask, store, made.outcome)
      return made
    })
    // Texts of another hub are nowhere but in the database.
    return preparedOf(parts, draft, { isPinned: isPinned || url !== undefined, url })
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

function preparedOf(
  parts: WorkParts,
  draft: Draft,
  { isPinned, url }: Pick<Active, 'isPinned' | 'url'>,
): Prepared {
  const { active, index, clock, epochs } = parts
  const { outcome, fleet, digests } = draft
  const { revision, problems, hosts, services, manifest, writes, owners } = outcome
  const isSame = revision === active.revision && isPinned === active.isPinned
  const sharing = isSame ? active.sharing : parts.sharing()
  let made: PlanBook | undefined
  const book = (): PlanBook => (made ??= isSame ? active.book : newBook(parts, draft, sharing))
  return {
    revision,
    changed: draft.changed,
    problems,
    book,
    activation: () => ({
      epoch: book().edition.epoch,
      hub: book().edition.hub,
      sharing,
      revision,
      isPinned,
      hosts,
      services,
      manifest,
      writes,
      isSame,
      url: url ?? null,
    }),
    activate() {
      const isOther = revision !== active.revision
      epochs.hear(book().edition.epoch)
      Object.assign(active, {
        revision,
        owners,
        isPinned,
        manifest,
        url,
        sharing,
        book: book(),
      } satisfies Partial<Active>)
      if (!isOther) return
      Object.assign(active, { fleet, digests } satisfies Partial<Active>)
      index.applyFleet(fleet, clock.now())
    },
  }
}

function newBook(
  { hub, cut, epochs }: WorkParts,
  { fleet, outcome }: Draft,
  sharing: Sharing,
): PlanBook {
  return cut(fleet, { revision: outcome.revision, epoch: epochs.next(), hub }, sharing)
}
