import { expect, test } from 'vitest'
import { freePort } from './daemon.ts'
import { eventually, makePlace, startProgram } from './program.ts'

interface Row {
  readonly service: string | null
  readonly state: string
  readonly output: string
}

test('[TM2] parallax: a program that watches itself', async () => {
  const port = await freePort()
  const place = makePlace(`
packages: [parallax]
hosts:
  hub: { address: 127.0.0.1, use: [parallax-hub, parallax-up], variables: { PARALLAX_PORT: ${port} } }
  gone: { address: 127.0.0.1, use: parallax-hub, variables: { PARALLAX_PORT: ${await freePort()} } }
templates: { services: { default: { checkInterval: 1s, retryInterval: 1s } } }
`)
  const program = await startProgram(place, ['--listen', `127.0.0.1:${port}`])
  try {
    const rows = await eventually(async () => {
      const { items } = await program.api<{ items: Row[] }>('/api/v1/services?limit=100')
      return items.some(({ state }) => state === 'pending') ? undefined : items
    }, 60_000)
    const states = (host: string): Record<string, string> =>
      Object.fromEntries(
        rows
          .filter((row) => (row as Row & { host: string }).host === host)
          .map(({ service, state, output }) => [
            service ?? '',
            state === 'ok' ? state : `${state}: ${output}`,
          ]),
      )
    expect(states('hub')).toEqual({
      'hub answers': 'ok',
      'hub is ready': 'ok',
      console: 'ok',
      parallax: 'ok',
      intake: 'ok',
      decision: 'ok',
      database: 'ok',
      retention: 'ok',
      web: 'ok',
      scheduler: 'ok',
      executor: 'ok',
      plugins: 'ok',
      outbox: 'ok',
      'event-loop': 'ok',
      memory: 'ok',
      machine: 'ok',
    })
    expect(Object.values(states('gone')).filter((state) => state === 'ok')).toEqual([])
  } finally {
    await program.stop()
    place.remove()
  }
}, 90_000)
