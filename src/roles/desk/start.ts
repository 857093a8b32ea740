import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { deflateRaw } from 'node:zlib'
import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import { compileDesired, type CompiledDesired } from '../../configuration/compile-desired.ts'
import { digestsOf, revisionOfDigests } from '../../configuration/revision.ts'
import type { ApplyLine } from '../../orchestrator/apply-line.ts'
import { ApplyImpossible, type ApplyWork } from '../../orchestrator/apply-work.ts'
import { NO_SHARING, type PlanCut } from '../../orchestrator/plan.ts'
import type { Activation, ConfigurationStore } from '../../orchestrator/ports.ts'
import type { HubSettings } from '../../settings/settings.ts'
import { STARTER_PATH } from '../../configuration/load.ts'
import type { CompileOrder, CompilerSettings } from '../compiler/protocol.ts'
import { desiredRequestOf, manifestOf } from '../compiler/workbench.ts'
import { ConfigurationRefused } from '../configuration.ts'
import type { Active } from './active.ts'
import { orderOfFiles, orderOfRevision } from './sources.ts'
import { ANSWER_WITHIN_MS } from './works.ts'

const deflate = promisify(deflateRaw)

/** What a start begins with: it is compiled, nobody checks it yet. */
export interface StartConfiguration {
  readonly active: Active
  readonly compiled: CompiledDesired
}

/**
 * Before anything is started, where only the files can say what is monitored: the database is not made yet. Spares a new user with a fault
 * in his file the making of a database.
 * @throws ConfigurationRefused
 */
export async function refuseEarly(
  settings: HubSettings,
  compiler: CompilerSettings,
): Promise<void> {
  const isFirst = settings.databaseUrl === undefined && !existsSync(join(settings.data, 'postgres'))
  if (!isFirst) return
  const order = { files: 'on-disk', activeObjects: [], objects: [], proposal: undefined } as const
  const { problems } = await compileDesired(...desiredRequestOf(order, compiler))
  if (problems.length > 0) throw new ConfigurationRefused(compiler.path, problems)
}

/**
 * The files with the objects of the API as they were active; after a rollback the revision that was active.
 * @throws ConfigurationRefused, StoreUnavailable
 */
export async function startConfiguration(
  store: ConfigurationStore,
  compiler: CompilerSettings,
  { hub, cut, log }: { readonly hub: string; readonly cut: PlanCut; readonly log: Log },
): Promise<StartConfiguration> {
  const last = await store.activeActivation()
  const isPinned = last?.isPinned ?? false
  const order = await startOrder(store, last).catch((error: unknown) => {
    throw error instanceof ApplyImpossible ? refusal(compiler.path, error.message) : error
  })
  const compiled = await compileDesired(...desiredRequestOf(order, compiler))
  if (compiled.problems.length > 0) throw new ConfigurationRefused(compiler.path, compiled.problems)
  const { fleet, desired } = compiled
  const digests = digestsOf(fleet)
  const revision = revisionOfDigests(digests)
  if (isPinned && last !== undefined) warnOfPin(log, last, { revision, path: compiler.path })
  const { owners } = desired
  const sharing = last?.sharing ?? NO_SHARING
  const edition =
    last?.revision === revision
      ? { revision, epoch: last.epoch, hub: last.hub }
      : { revision, epoch: await nextEpoch(store, compiler.path), hub }
  const book = cut(fleet, edition, sharing)
  const { manifest } = last ?? {}
  const url = isPinned ? (last?.url ?? undefined) : undefined
  const active = { fleet, revision, digests, owners, book, sharing, isPinned, manifest, url }
  return { active, compiled }
}

/** What comes with the program is overtaken by whatever somebody wrote, at this hub or at another. Rule RP8. */
async function nextEpoch(store: ConfigurationStore, path: string): Promise<number> {
  const highest = await store.highestEpoch()
  return path === STARTER_PATH && highest === 0 ? 0 : highest + 1
}

function startOrder(
  store: ConfigurationStore,
  last: Activation | undefined,
): Promise<CompileOrder> {
  return last?.isPinned === true
    ? orderOfRevision(store, last.manifest, last.url)
    : orderOfFiles(store, last?.manifest)
}

function refusal(path: string, message: string): ConfigurationRefused {
  return new ConfigurationRefused(path, [
    { file: path, line: 1, column: 1, message, hint: undefined },
  ])
}

function warnOfPin(
  log: Log,
  { revision, activatedAt, author, kind, origin, url }: Activation,
  now: { readonly revision: string; readonly path: string },
): void {
  const hasFiles = now.path !== STARTER_PATH
  const hint = hasFiles
    ? 'the next apply or reload reads the files again'
    : 'the next apply goes on from the files of this revision'
  if (kind === 'rollback' && url === null) {
    log.warn('starting from the revision of a rollback, not from the files', {
      revision,
      rolledBackAt: activatedAt,
      rolledBackBy: author,
      files: now.path,
      hint,
    })
  } else {
    const where = hasFiles ? ', not from the files' : ''
    log.info(`starting from a revision of another hub${where}`, {
      revision,
      hub: origin,
      author,
      activatedAt,
      files: hasFiles ? now.path : undefined,
      hint,
    })
  }
  if (now.revision !== revision) {
    log.warn('the stored revision compiles to another one now: a secret or the program is other', {
      stored: revision,
      compiled: now.revision,
    })
  }
}

/** The job of the start: collectors look at the plan, and the database notes what is active. @throws ConfigurationRefused */
export async function activateStart(
  { active, compiled }: StartConfiguration,
  parts: {
    readonly store: ConfigurationStore
    readonly line: ApplyLine
    readonly path: string
    readonly clock: Clock
    readonly log: Log
  },
): Promise<void> {
  const { store, line, path, log } = parts
  for (const { id, kind, author, reason } of await line.restore())
    log.warn('an apply job was cut off by the end of the hub', { job: id, kind, author, reason })
  const last = await store.activeActivation()
  const work = startWork({ active, compiled }, { ...parts, last })
  const { id } = await line.start(work)
  const { state, reason } = await line.ended(id)
  if (state === 'active') return
  throw refusal(path, reason ?? 'it was not taken')
}

function startWork(
  { active, compiled }: StartConfiguration,
  {
    store,
    path,
    last,
  }: {
    readonly store: ConfigurationStore
    readonly path: string
    readonly last: Activation | undefined
  },
): ApplyWork {
  const { revision, isPinned, fleet, book, sharing } = active
  const manifest = manifestOf(compiled.desired)
  const isSame = last?.revision === revision
  const objects = Object.values(fleet).reduce((sum: number, { size }) => sum + size, 0)
  return {
    kind: 'start',
    author: 'system',
    message: isPinned
      ? `start with revision ${last?.revision} of a rollback`
      : `start with ${path}`,
    timeoutMs: ANSWER_WITHIN_MS,
    before: last?.revision ?? '',
    bytes: 0,
    async prepare() {
      await keepStartTexts(store, compiled)
      return {
        revision,
        changed: isSame ? 0 : objects,
        problems: [],
        book: () => book,
        activation: () => ({
          epoch: book.edition.epoch,
          hub: book.edition.hub,
          sharing,
          revision,
          isPinned,
          url: active.url ?? null,
          hosts: fleet.hosts.size,
          services: fleet.services.size,
          manifest,
          writes: [],
          isSame,
        }),
        activate: () => void Object.assign(active, { manifest }),
      }
    },
  }
}

const TEXTS_AT_ONCE = 200

async function keepStartTexts(
  store: ConfigurationStore,
  { desired }: CompiledDesired,
): Promise<void> {
  const texts = new Map(desired.kept.map(({ hash, text }) => [hash, text]))
  const missing = await store.missingTexts([...texts.keys()])
  for (let at = 0; at < missing.length; at += TEXTS_AT_ONCE) {
    const portion = missing.slice(at, at + TEXTS_AT_ONCE).map(async (hash) => ({
      hash,
      body: await deflate(texts.get(hash) ?? ''),
    }))
    await store.saveTexts(await Promise.all(portion))
  }
}
