import { createSecureContext, type SecureContext } from 'node:tls'
import type { Clock } from '../../../base/clock.ts'
import type { BuiltinName } from '../../../domain/check.ts'
import type { Builtin } from './builtin.ts'
import { createClock } from './clock.ts'
import { createConnector } from './connection.ts'
import { createCpu } from './cpu.ts'
import { createDisk } from './disk.ts'
import { createDns } from './dns.ts'
import { createHttp } from './http.ts'
import { createLoad } from './load.ts'
import { createMemory } from './memory.ts'
import { createNameResolver } from './name-resolver.ts'
import { createParallax } from './parallax.ts'
import { createPing } from './ping.ts'
import type { Pinger } from './pinger.ts'
import { createProcess } from './process.ts'
import type { SelfView } from './self-view.ts'
import { createTcp } from './tcp.ts'
import { createTls } from './tls.ts'

export interface BuiltinDependencies {
  readonly clock: Clock
  /** `createFpingPinger(clock)` of adapters/fping. */
  readonly pinger: Pinger
  /** What checks of Parallax itself look at. */
  readonly self: SelfView
}

export interface Builtins {
  readonly builtins: Readonly<Record<BuiltinName, Builtin>>
  /** Ends the processes of the pinger. Runs that are still open belong to the executor, which cancels them. */
  close(): Promise<void>
}

export function createBuiltins({ clock, pinger, self }: BuiltinDependencies): Builtins {
  const lookup = createNameResolver(clock)
  const connector = createConnector(lookup, sharedTrust())
  return {
    builtins: {
      ping: createPing(pinger, lookup),
      tcp: createTcp(connector),
      http: createHttp(connector),
      tls: createTls(connector),
      dns: createDns(connector, lookup),
      cpu: createCpu(clock),
      load: createLoad(),
      memory: createMemory(),
      disk: createDisk(),
      process: createProcess(clock),
      clock: createClock(clock, lookup),
      parallax: createParallax(self),
    },
    close: () => pinger.close(),
  }
}

/** Made at the first use: reading the trusted certificates takes a while and a fleet may need none. */
function sharedTrust(): () => SecureContext {
  let trust: SecureContext | undefined
  return () => (trust ??= createSecureContext())
}
