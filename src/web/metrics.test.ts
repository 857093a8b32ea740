import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { createWebWorld, startWebApp } from '../../test/web-world.ts'

interface Family {
  help: string
  type: string
  samples: string[]
}

/** The text format, strictly: help, type, then samples of that family only, each name once. */
function familiesOf(text: string): Map<string, Family> {
  const families = new Map<string, Family>()
  let current: string | undefined
  for (const line of text.split('\n')) {
    const help = /^# HELP ([a-zA-Z_:][\w:]*) (.+)$/.exec(line)
    const type = /^# TYPE ([a-zA-Z_:][\w:]*) (counter|gauge|histogram|summary)$/.exec(line)
    const sample =
      /^([a-zA-Z_:][\w:]*)(?:\{(?:\w+="[^"\n]*",?)*\})? (NaN|[+-]?Inf|-?[\d.e+-]+)$/.exec(line)
    if (help !== null) {
      current = help[1] ?? ''
      expect(families.has(current), line).toBe(false)
      families.set(current, { help: help[2] ?? '', type: '', samples: [] })
    } else if (type !== null) {
      expect(type[1], line).toBe(current)
      const family = families.get(current ?? '')
      if (family !== undefined) family.type = type[2] ?? ''
    } else if (sample !== null) {
      expect(sample[1]?.replace(/_(bucket|sum|count)$/, ''), line).toBe(current)
      families.get(current ?? '')?.samples.push(line)
    } else {
      expect(line).toBe('')
    }
  }
  return families
}

test('[WM1] metrics are well formed and named by the conventions', async () => {
  const { call } = await startWebApp(createWebWorld())
  const answer = await call(undefined, 'GET', '/metrics')
  expect(answer.headers['content-type']).toContain('text/plain')
  const text = String(answer.body)
  const families = familiesOf(text)
  for (const [name, { type, samples }] of families) {
    expect(samples.length, name).toBeGreaterThan(0)
    if (type === 'counter') expect(name).toMatch(/_total$/)
    else expect(name).not.toMatch(/_total$/)
    expect(name).not.toMatch(/_(ms|milliseconds|minutes|kb|mb|percent)(_|$)/)
  }
  expect(families.get('parallax_results_total')).toMatchObject({
    samples: ['parallax_results_total 7'],
  })
  expect(families.get('parallax_outbox_results')).toMatchObject({ type: 'gauge' })
  expect([...families.keys()]).toEqual(
    expect.arrayContaining(['process_resident_memory_bytes', 'parallax_stream_readers']),
  )

  const promtool = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })
  if (promtool.error === undefined) expect(promtool.stdout + promtool.stderr).toBe('')
})

test('[WM1] beyond loopback metrics need a token', async () => {
  for (const settings of [{ host: '0.0.0.0' }, { isBehindTls: true }]) {
    const world = createWebWorld({ settings })
    const { call } = await startWebApp(world)
    expect((await call(undefined, 'GET', '/metrics')).status).toBe(401)
    expect((await call(await world.token('viewer'), 'GET', '/metrics')).status).toBe(200)
  }
})

test('[WM2] alive at once, ready when it is, with the reasons until then', async () => {
  const world = createWebWorld()
  const { call } = await startWebApp(world)
  world.readiness = { isReady: false, reasons: ['no configuration is active'] }
  expect((await call(undefined, 'GET', '/healthz')).status).toBe(200)
  expect(await call(undefined, 'GET', '/readyz')).toMatchObject({
    status: 503,
    body: { isReady: false, reasons: ['no configuration is active'] },
  })
  world.readiness = { isReady: true, reasons: [] }
  expect((await call(undefined, 'GET', '/readyz')).status).toBe(200)
})
