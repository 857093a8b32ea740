import { request } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { gauge, perLabel } from '../base/metrics.ts'
import { listenForMetrics, type MetricsListener } from './metrics-listener.ts'

let listener: MetricsListener | undefined
afterEach(() => listener?.close())

const METRICS = [
  gauge('parallax_checks', 'Checks of the plan.', () => 3),
  perLabel({ name: 'parallax_hub_connected', help: 'Reached.', kind: 'gauge' }, ['hub'], () => [
    { of: ['hub-a'], value: 1 },
  ]),
  perLabel({ name: 'parallax_sent_total', help: 'Sent.', kind: 'counter' }, ['hub'], () => [
    { of: ['hub-"b"'], value: 2 },
  ]),
]

async function start(): Promise<string> {
  listener = await listenForMetrics({ host: '127.0.0.1', port: 0 }, METRICS)
  return `http://127.0.0.1:${listener.port}`
}

test('[SW12] numbers with and without labels, read anew each time', async () => {
  const url = await start()
  for (const path of ['/metrics', '/metrics?again']) {
    const response = await fetch(url + path)
    expect(response.headers.get('content-type')).toContain('text/plain')
    const text = await response.text()
    expect(text).toContain('# HELP parallax_checks Checks of the plan.')
    expect(text).toContain('\nparallax_checks 3\n')
    expect(text).toContain('\nparallax_hub_connected{hub="hub-a"} 1\n')
    expect(text).toContain('\nparallax_sent_total{hub="hub-\\"b\\""} 2\n')
  }
  expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ isAlive: true })
})

test('[SW12] nothing else is served', async () => {
  const url = await start()
  for (const path of ['/', '/api/v1/status', '/metrics/../etc'])
    expect((await fetch(url + path)).status).toBe(404)
  expect((await fetch(`${url}/metrics`, { method: 'POST', body: 'x' })).status).toBe(405)
})

test('[SW12] a reader that hangs does not hold up the end', async () => {
  const url = await start()
  const hanging = request(`${url}/metrics`, { method: 'POST' })
  hanging.on('error', () => undefined)
  await new Promise<void>((resolve) => {
    hanging.on('socket', (socket) => socket.on('connect', () => resolve()))
    hanging.write('x')
  })
  await listener?.close()
  listener = undefined
})

test('a taken address is refused', async () => {
  await start()
  const port = listener?.port ?? 0
  await expect(listenForMetrics({ host: '127.0.0.1', port }, METRICS)).rejects.toThrow(/EADDRINUSE/)
})
