import { execFileSync, fork } from 'node:child_process'
import { createSecureContext } from 'node:tls'
import { createConnector } from '../src/collector/executor/builtin/connection.ts'
import { createHttp } from '../src/collector/executor/builtin/http.ts'
import { createNameResolver } from '../src/collector/executor/builtin/name-resolver.ts'
import { createTcp } from '../src/collector/executor/builtin/tcp.ts'
import { BUILTIN_OPTIONS } from '../src/domain/builtin-options.ts'
import type { BuiltinOptions } from '../src/domain/check.ts'
import { systemClock } from '../src/adapters/system/clock.ts'
import { rawLoop } from './peers/raw-loop.ts'
import { startResponder } from './peers/responder.ts'
import { createReport, median } from './report.ts'

/**
 * Built-in checks alone, without scheduler or hub: new connections per second on core 0, the server on core 1, beside a bare loop
 * of sockets in the same run. `node bench/builtins.ts`; BENCH_SECONDS and BENCH_ROUNDS as elsewhere.
 */
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 3)
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3)
const IN_FLIGHT = 64

type Kind = 'tcp' | 'http'

if (process.send === undefined) await compare()
else process.once('message', (asked) => measure(asked as { kind: Kind; port: number }))

async function compare(): Promise<void> {
  const report = createReport('builtins')
  const responder = await startResponder()
  pin(responder.pid, 1)
  try {
    for (const kind of ['tcp', 'http'] as const) {
      const port = responder[kind]
      const raw: number[] = []
      const ours: number[] = []
      for (let round = 1; round <= ROUNDS; round++) {
        raw.push(await rawLoop(kind, port, SECONDS))
        ours.push(await builtinLoop(kind, port))
        report.progress(
          `${kind}: bare ${raw.at(-1)?.toFixed(0)}/s, ours ${ours.at(-1)?.toFixed(0)}/s`,
        )
      }
      report.result(`${kind}_per_s_core`, median(ours), '/s')
      report.result(`raw_${kind}_per_s_core`, median(raw), '/s')
      report.result(`${kind}_of_raw`, median(ours) / median(raw), 'ratio')
    }
  } finally {
    responder.stop()
  }
}

function pin(pid: number, core: number): void {
  execFileSync('taskset', ['-a', '-p', '-c', String(core), String(pid)], { stdio: 'ignore' })
}

async function builtinLoop(kind: Kind, port: number): Promise<number> {
  const child = fork(import.meta.filename, [], { stdio: 'inherit' })
  pin(child.pid as number, 0)
  child.send({ kind, port })
  return new Promise((resolve, reject) => {
    child.once('message', (rate) => resolve(Number(rate)))
    child.once('exit', (code) => reject(new Error(`the built-in loop ended with ${code}`)))
  })
}

function measure({ kind, port }: { kind: Kind; port: number }): void {
  const trust = createSecureContext()
  const connector = createConnector(createNameResolver(systemClock), () => trust)
  const builtin = kind === 'tcp' ? createTcp(connector) : createHttp(connector)
  const options = BUILTIN_OPTIONS[kind].parse(
    kind === 'tcp' ? { host: '127.0.0.1', port } : { host: '127.0.0.1', port, path: '/health' },
  ) as BuiltinOptions
  const context = { clock: systemClock, timeoutMs: 10_000 }
  const began = performance.now()
  let done = 0
  let live = IN_FLIGHT
  const next = (): void => {
    if (performance.now() - began < SECONDS * 1000) one()
    else if (--live === 0)
      process.send?.(done / ((performance.now() - began) / 1000), () => process.exit())
  }
  const one = (): void => {
    builtin.start(options, context, (answer) => {
      if (answer.code === 0) done++
      setImmediate(next)
    })
  }
  for (let n = 0; n < IN_FLIGHT; n++) one()
}
