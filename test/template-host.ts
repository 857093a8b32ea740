import { createFpingPinger } from '../src/adapters/fping/fping-pinger.ts'
import { systemClock } from '../src/adapters/system/clock.ts'
import { silentLog } from '../src/base/log.ts'
import { viewOfStatus } from '../src/collector/executor/builtin/self-view.ts'
import { createBuiltins } from '../src/collector/executor/builtin/builtins.ts'
import { createExecutor, DEFAULT_EXECUTOR } from '../src/collector/executor/executor.ts'
import type { Finished } from '../src/collector/ports.ts'
import { compile } from '../src/configuration/compile.ts'
import { shippedPackages } from '../src/configuration/packages.ts'
import { renderProblem } from '../src/configuration/problem.ts'
import type { Fleet } from '../src/domain/fleet.ts'

/** What a check of a host came to: state by name, what was said, performance data. */
export interface Outcome {
  readonly state: string
  readonly output: string
  readonly perfdata: string
}

/** A configuration that must have no problems; packages are those that ship. */
export function packagedFleet(text: string): Fleet {
  const { fleet, problems } = compile([{ file: 'test.yaml', text }], {
    packages: shippedPackages(),
  })
  if (problems.length > 0) throw new Error(problems.map(renderProblem).join('\n'))
  return fleet
}

const STATES = ['ok', 'warning', 'critical', 'unknown'] as const

/** Runs the host's own check (`host`) and each of its services, all at once, as a collector does. */
export async function outcomesOf(fleet: Fleet): Promise<Readonly<Record<string, Outcome>>> {
  const checks = [...fleet.hosts.values(), ...fleet.services.values()].flatMap(({ check }) =>
    check.command.kind === 'passive' ? [] : [check],
  )
  const builtins = createBuiltins({
    clock: systemClock,
    pinger: createFpingPinger(systemClock),
    self: viewOfStatus(() => {
      throw new Error('no hub runs in this test')
    }),
  })
  const found: Record<string, Outcome> = {}
  const { promise, resolve } = Promise.withResolvers<void>()
  let waiting = checks.length
  const onFinished = ({ job: { check }, outcome }: Finished): void => {
    found[check.serviceName ?? 'host'] = {
      state: outcome.kind === 'exited' ? STATES[outcome.code] : outcome.kind,
      output: outcome.output,
      perfdata: outcome.kind === 'exited' ? outcome.perfdata : '',
    }
    if (--waiting === 0) resolve()
  }
  const executor = createExecutor({
    clock: systemClock,
    log: silentLog,
    builtins: builtins.builtins,
    settings: { ...DEFAULT_EXECUTOR, slots: 32 },
    onFinished,
  })
  try {
    for (const check of checks)
      executor.start({ check, origin: 'requested', dueAt: systemClock.now(), macros: () => ({}) })
    await promise
    return found
  } finally {
    await executor.close()
    await builtins.close()
  }
}

/** Only the states. */
export async function statesOf(fleet: Fleet): Promise<Readonly<Record<string, string>>> {
  const outcomes = await outcomesOf(fleet)
  return Object.fromEntries(Object.entries(outcomes).map(([name, { state }]) => [name, state]))
}
