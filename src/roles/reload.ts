import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { diffFleets } from '../configuration/revision.ts'
import { planOf } from '../orchestrator/plan.ts'
import type { FleetIndex } from '../results/fleet-index.ts'
import type { ReloadOutcome } from '../web/ports.ts'
import type { Bus } from '../wire/bus.ts'
import { plan } from '../wire/subjects.ts'
import { ConfigurationRefused, problemLine, readFleet } from './configuration.ts'
import type { Active } from './hub-facade.ts'

export interface ReloadParts {
  readonly active: Active
  readonly path: string
  readonly url: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly index: FleetIndex
  readonly bus: Bus
  readonly collector: string
  readonly clock: Clock
  readonly log: Log
}

/** Reads the configuration again. One after the other: a second call waits for the first. */
export function createReload(parts: ReloadParts): () => Promise<ReloadOutcome> {
  let last: Promise<unknown> = Promise.resolve()
  return () => {
    const next = last.then(() => reload(parts))
    last = next.catch(() => undefined) // its caller hears of it
    return next
  }
}

async function reload({
  active,
  path,
  url,
  environment,
  index,
  bus,
  collector,
  clock,
  log,
}: ReloadParts): Promise<ReloadOutcome> {
  try {
    const { fleet, revision } = await readFleet(path, url, environment)
    const { changed } = diffFleets(active.fleet, fleet)
    active.fleet = fleet
    active.revision = revision
    index.applyFleet(fleet, clock.now())
    await bus.publish(plan(collector), planOf(fleet, revision))
    log.info('a new configuration is active', { revision, objectsChanged: changed })
    return { kind: 'active', revision, changed }
  } catch (error) {
    if (!(error instanceof ConfigurationRefused)) throw error
    const problems = error.problems.map(problemLine)
    log.error('the new configuration has faults, the old one stays', {
      problems: problems.slice(0, 20),
      count: problems.length,
    })
    return { kind: 'refused', problems }
  }
}
