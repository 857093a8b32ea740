import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { configurationApi, type ConfigurationApi } from './configuration-api.ts'
import { makePlace, startProgram, type Place, type Program } from './program.ts'

/** What the real program is given to plan and apply: files of Nagios, garbage, far too much. */

let place: Place
let program: Program
let api: ConfigurationApi
beforeAll(async () => {
  place = makePlace(
    'hosts: { h: { checkCommand: passive, services: { a: { checkCommand: passive } } } }',
  )
  program = await startProgram(place)
  api = configurationApi(program)
}, 60_000)
afterAll(async () => {
  await program?.stop()
  place.remove()
})

test('[CC16] [CC20] a site of Nagios files is planned, applied, exported and rolled back', async () => {
  const site = makePlace('')
  const main = join(site.folder, 'nagios.cfg')
  const objects = join(site.folder, 'objects.cfg')
  writeFileSync(main, 'cfg_file=objects.cfg\nresource_file=resource.cfg\n')
  writeFileSync(join(site.folder, 'resource.cfg'), '$USER1$=/usr/lib/plugins\n$USER3$=hunter2\n')
  const host = (name: string): string =>
    `define host {\n host_name ${name}\n use base\n address 127.0.0.1\n}\n`
  const written = `define command {\n command_name look\n command_line echo $USER3$ $ARG1$\n}
define host {\n name base\n register 0\n check_command look!h\n max_check_attempts 3\n check_period always\n contacts ann\n}
define timeperiod {\n timeperiod_name always\n alias a\n monday 00:00-24:00\n}
define contact {\n contact_name ann\n host_notification_commands look\n service_notification_commands look\n host_notification_period always\n service_notification_period always\n}
define service {\n host_name one\n service_description s\n check_command look!s\n max_check_attempts 3\n check_period always\n contacts ann\n}
${host('one')}`
  writeFileSync(objects, written)
  const hub = await startProgram({ ...site, config: main })
  try {
    const nagios = configurationApi(hub)
    const [first] = await nagios.revisions()
    writeFileSync(objects, written + host('two'))
    expect((await nagios.plan({})).changes[0]?.objects).toMatchObject([
      { name: 'two', change: 'created' },
    ])
    expect(await nagios.apply({})).toMatchObject({ state: 'active' })
    const text = await nagios.text('/api/v1/configuration/export')
    expect(text).toMatch(/^hosts:$/m)
    expect(text).toMatch(/^ {2}two: /m)
    expect(text).not.toContain('hunter2')
    expect(await nagios.rollback({ revision: first?.revision as string })).toMatchObject({
      state: 'active',
      revision: first?.revision,
    })
    expect((await hub.api<{ hosts: number }>('/api/v1/status')).hosts).toBe(1)
  } finally {
    await hub.stop()
    site.remove()
  }
}, 60_000)

describe('what nobody should send', () => {
  test('garbage is a problem with its place', async () => {
    const garbage = Array.from({ length: 20_000 }, (_, n) =>
      String.fromCharCode(33 + ((n * 7919) % 90)),
    )
    const documents = [{ name: 'noise.yaml', text: garbage.join('') }]
    const plan = await api.plan({ documents, managedBy: 'x' })
    expect(plan.problems.length).toBeGreaterThan(0)
    expect(plan.problems[0]?.file).toBe('noise.yaml')
    expect(await api.apply({ documents, managedBy: 'x' })).toMatchObject({ state: 'refused' })
  })
  test('16 MB of hosts are planned while checks go on', async () => {
    const row = (n: number): string =>
      `  big${n}: { checkCommand: passive, notes: "${'x'.repeat(400)}" }\n`
    const text = `hosts:\n${Array.from({ length: 36_000 }, (_, n) => row(n)).join('')}`
    expect(text.length).toBeGreaterThan(16_000_000 - 500_000)
    const worst = worstAnswer(program)
    const plan = await api.plan({ documents: [{ name: 'big.yaml', text }], managedBy: 'x' })
    expect(plan.problems).toEqual([])
    expect(plan.changes[0]).toMatchObject({ kind: 'host', created: 36_000 })
    expect(plan.changes[0]?.objects).toHaveLength(1000)
    expect(await worst()).toBeLessThan(1000)
  }, 120_000)
})

/** Asks for the state of a check all the while; the longest that it took, ms. */
function worstAnswer(of: Program): () => Promise<number> {
  const stop = new AbortController()
  let worst = 0
  const watching = (async () => {
    while (!stop.signal.aborted) {
      const began = performance.now()
      await of.api('/api/v1/objects/h!a')
      worst = Math.max(worst, performance.now() - began)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  })()
  return async () => {
    stop.abort()
    await watching
    return worst
  }
}
