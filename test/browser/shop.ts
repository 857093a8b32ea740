import type { PassiveResultInput } from '../../src/wire/api/actions.ts'
import { eventually, type Program } from '../services/program.ts'
import type { ObjectDetail } from '../../src/wire/api/objects.ts'

/** A small shop whose results the test hands in, so that it knows what must be seen. */
export const SHOP = `
commands:
  say: { line: "echo 'OK - alive|time=0.1s;1;2'" }
hosts:
  shop: { address: 127.0.0.1, checkCommand: passive, maxCheckAttempts: 1 }
  db: { address: 127.0.0.1, checkCommand: passive, maxCheckAttempts: 1 }
services:
  http: { host: shop, checkCommand: passive, maxCheckAttempts: 1, notes: Call the web team first. }
  tls: { host: shop, checkCommand: passive, maxCheckAttempts: 1 }
  alive: { host: shop, checkInterval: 1h, checkCommand: say }
  disk /: { host: db, checkCommand: passive, maxCheckAttempts: 3 }
  lag: { host: db, checkCommand: passive, maxCheckAttempts: 1 }
`

/** Everything well and seen. */
export async function openShop(program: Program): Promise<void> {
  await submit(program, [
    { host: 'shop', code: 0, output: 'PING OK - Packet loss = 0%, RTA = 0.82 ms' },
    { host: 'db', code: 0, output: 'PING OK - Packet loss = 0%, RTA = 1.10 ms' },
    { host: 'shop', service: 'http', code: 0, output: 'HTTP OK|time=0.2s;1;3;0 size=4120B;;;0' },
    { host: 'shop', service: 'tls', code: 0, output: 'TLS OK - valid for 61 days' },
    { host: 'db', service: 'disk /', code: 0, output: 'DISK OK|/=12GB;80;90;0;100' },
    { host: 'db', service: 'lag', code: 0, output: 'OK - replication lag 0.2 s' },
  ])
  await eventually(
    async () => {
      const { state } = await program.api<ObjectDetail>('/api/v1/objects/shop!alive')
      return state === 'ok' ? state : undefined
    },
    30_000,
    'the first result of the active check',
  )
}

/** Resolves with the answer: the results are durable then. */
export async function submit(
  program: Program,
  results: readonly PassiveResultInput[],
): Promise<void> {
  const body = JSON.stringify({ results })
  await program.api('/api/v1/results', { method: 'POST', body })
}
