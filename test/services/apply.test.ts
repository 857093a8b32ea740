import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { ObjectDetail } from '../../src/wire/api/objects.ts'
import type { ApplyJob, DiffAnswer, PlanAnswer, RevisionSummary } from './configuration-api.ts'
import { configurationApi, type ConfigurationApi } from './configuration-api.ts'
import { eventually, makePlace, startProgram, type Place, type Program } from './program.ts'

/** The real program: plans, applies, history, objects, rollbacks, restarts. */

const base = (more = ''): string => `
commands:
  say: { line: echo $ARG1$ }
hosts:
  h: { address: 127.0.0.1, checkCommand: passive }
services:
  a: { host: h, checkInterval: 2s, checkCommand: say!one }
${more}`

let place: Place
let program: Program
let api: ConfigurationApi

beforeAll(async () => {
  place = makePlace(base())
  await start()
}, 60_000)
afterEach(async () => {
  if (program === undefined) return
  // Each story begins with the files alone.
  writeFileSync(place.config, base())
  for (const { kind, name, pending } of await api.objects()) {
    if (pending !== 'deleted') await api.remove(kind, name)
  }
  expect(await api.apply({})).toMatchObject({ state: 'active' })
})
afterAll(async () => {
  await program?.stop()
  place.remove()
})

async function start(): Promise<void> {
  program = await startProgram(place)
  api = configurationApi(program)
}

async function restart(how: 'stop' | 'kill' = 'stop'): Promise<void> {
  await program[how]()
  await start()
}

const extra = '  b: { host: h, checkInterval: 2s, checkCommand: say!two }\n'
const namesOf = (changes: PlanAnswer['changes']): unknown =>
  changes.map(({ kind, objects }) => [kind, ...objects.map((one) => `${one.change} ${one.name}`)])

test('[CC12] [CC14] a plan shows what would be, and changes nothing', async () => {
  writeFileSync(place.config, base(extra).replace('say!one', 'say!1').replace(/^/, '# words\n'))
  const plan = await api.plan({})
  expect(namesOf(plan.changes)).toEqual([['service', 'created h!b', 'changed h!a']])
  expect(plan.changes[0]?.objects[1]).toMatchObject({
    attributes: [{ name: 'command', before: 'echo one', after: 'echo 1' }],
    managedBy: 'file',
  })
  expect(plan.changes[0]?.objects[1]?.source).toMatch(/parallax\.yaml:8$/)
  expect(plan.effects).toEqual(['+1 service', '1 check changes its command'])
  const { active } = await api.status()
  expect(active?.revision).toBe(plan.active)
  await expect(program.api('/api/v1/objects/h!b')).rejects.toThrow(/404/)
})

test('[CC2] [CC15] an apply makes it so, once, with author and message', async () => {
  const [before] = await api.revisions()
  writeFileSync(place.config, base(extra))
  const { revision } = await api.plan({})
  const job = await api.apply({ message: 'one more' })
  expect(job).toMatchObject({ state: 'active', revision, changed: 1, message: 'one more' })
  expect(job.collectors).toMatchObject([{ collector: 'local', state: 'active' }])
  await eventually(async () =>
    (await program.api<ObjectDetail>('/api/v1/objects/h!b')).state === 'ok' ? true : undefined,
  )
  const again = await api.apply({ message: 'the same' })
  expect(again).toMatchObject({ state: 'active', changed: 0 })
  const [now, then] = await api.revisions()
  expect(now).toMatchObject({ revision, message: 'one more', isActive: true, services: 2 })
  expect(now?.author).not.toBe('')
  expect(then).toEqual({ ...before, isActive: false })
})

test('[CC3] problems refuse it, and all goes on as before', async () => {
  const { active } = await api.status()
  writeFileSync(place.config, base('  b: { host: nowhere, checkCommand: nothing }\n'))
  const plan = await api.plan({})
  expect(plan.problems).toHaveLength(2)
  expect(plan.problems[0]).toMatchObject({ line: 8, message: "unknown host 'nowhere'" })
  const job = await api.apply({})
  expect(job).toMatchObject({ state: 'refused', problems: plan.problems })
  expect((await api.status()).active).toEqual(active)
  expect(await api.get<ObjectDetail>('/api/v1/objects/h!a')).toMatchObject({ service: 'a' })
})

test('[CC10] an apply of an old plan is refused', async () => {
  writeFileSync(place.config, base(extra))
  const plan = await api.plan({})
  expect(await api.apply({ expectedActive: plan.active })).toMatchObject({ state: 'active' })
  writeFileSync(place.config, base())
  await expect(api.apply({ expectedActive: plan.active })).rejects.toThrow(/plan_outdated/)
})

test('[CC1] two applies at once are done one after the other', async () => {
  writeFileSync(place.config, base(extra))
  const jobs = await Promise.all([1, 2, 3, 4].map((n) => api.apply({ message: `number ${n}` })))
  expect(jobs.map(({ state }) => state)).toEqual(['active', 'active', 'active', 'active'])
  expect(jobs.map(({ changed }) => changed).filter((count) => count > 0)).toEqual([1])
  const spans = jobs.map(({ startedAt, endedAt }) => [startedAt, endedAt])
  expect(new Set(jobs.map(({ id }) => id)).size).toBe(4)
  expect(spans.every(([from, to]) => (from as string) <= (to as string))).toBe(true)
})

describe('objects of the API', () => {
  const web = { address: '10.0.0.1', checkCommand: 'passive' }

  test('[CC21] wait for an apply; a reload and a restart leave them waiting', async () => {
    expect(await api.put('hosts', 'web', { value: web })).toMatchObject({
      pending: 'created',
      managedBy: 'api',
      value: web,
    })
    expect((await api.status()).pending).toBe(1)
    await program.api('/api/v1/configuration/reload', { method: 'POST', body: '{}' })
    await expect(program.api('/api/v1/objects/web')).rejects.toThrow(/404/)
    expect(namesOf((await api.plan({})).changes)).toEqual([['host', 'created web']])
    expect(await api.apply({})).toMatchObject({ state: 'active', changed: 1 })
    expect((await api.objects())[0]).toMatchObject({ name: 'web', pending: null })

    expect(await api.put('hosts', 'web', { value: { ...web, alias: 'W' } })).toMatchObject({
      pending: 'changed',
    })
    await restart('kill')
    expect(await program.api<ObjectDetail>('/api/v1/objects/web')).toMatchObject({ host: 'web' })
    expect((await api.status()).pending).toBe(1)
    expect(await api.remove('hosts', 'web')).toMatchObject({ pending: 'deleted' })
    expect(await api.apply({})).toMatchObject({ state: 'active', changed: 1 })
    await expect(program.api('/api/v1/objects/web')).rejects.toThrow(/404/)
    expect(await api.objects()).toEqual([])
  })

  test('[CC21] are looked at by themselves', async () => {
    await expect(
      api.put('hosts', 'web', { value: { adress: '1', checkInterval: 5 } }),
    ).rejects.toThrow(/body\.value\.adress.*did you mean 'address'.*body\.value\.checkInterval/)
    await expect(api.put('hosts', 'a b/c', { value: web })).rejects.toThrow(/the name: /)
    await expect(api.put('secrets', 'token', { value: 'x' })).rejects.toThrow(/USER1/)
    await expect(api.remove('hosts', 'nothing')).rejects.toThrow(/404/)
    expect(await api.objects()).toEqual([])
  })

  test('[CC22] [CC23] [CC24] [CC25] belong to whoever manages them', async () => {
    const documents = [
      {
        name: 'shop.yaml',
        text: 'hosts: { s1: { checkCommand: passive }, s2: { checkCommand: passive } }',
      },
    ]
    const mine = { documents, managedBy: 'git:shop' }
    const plan = await api.plan(mine)
    expect(plan.changes[0]?.objects).toMatchObject([
      { name: 's1', managedBy: 'git:shop', source: 'shop.yaml:1' },
      { name: 's2' },
    ])
    expect(await api.objects()).toEqual([])
    expect(await api.apply(mine)).toMatchObject({ state: 'active', changed: 2 })
    expect(await api.objects()).toMatchObject([
      { name: 's1', managedBy: 'git:shop', pending: null },
      { name: 's2', managedBy: 'git:shop', pending: null },
    ])

    const other = { ...mine, managedBy: 'git:ops' }
    expect(await api.apply(other)).toMatchObject({
      state: 'refused',
      problems: [{ code: 'object_owned', message: "hosts/s1 belongs to 'git:shop'" }, {}],
    })
    await expect(api.put('hosts', 's1', { value: web })).rejects.toThrow(/409.*git:shop/)

    // By hand, in somebody else's name: it stays his, and drifts until he applies it again.
    expect(await api.put('hosts', 's1', { value: web, force: true })).toMatchObject({
      managedBy: 'git:shop',
      pending: 'changed',
    })
    expect(await api.apply({})).toMatchObject({ state: 'active' })
    expect((await api.plan({})).drift).toMatchObject([
      { kind: 'hosts', name: 's1', managedBy: 'git:shop', change: 'changed' },
    ])
    const s2 = [{ name: 'shop.yaml', text: 'hosts: { s2: { checkCommand: passive } }' }]
    expect((await api.plan({ ...mine, documents: s2 })).changes).toEqual([])
    const pruned = { ...mine, documents: s2, prune: true }
    expect(namesOf((await api.plan(pruned)).changes)).toEqual([['host', 'deleted s1']])
    expect(await api.apply(pruned)).toMatchObject({ state: 'active', changed: 1 })
    expect((await api.plan({})).drift).toEqual([])
    expect(await api.apply({ ...other, documents: s2, force: true })).toMatchObject({
      state: 'active',
    })
    expect(await api.objects()).toMatchObject([{ name: 's2', managedBy: 'git:ops' }])
    await api.remove('hosts', 's2', 'git:ops')
  })

  test('[CC26] a name that is in a file as well is defined twice', async () => {
    await api.put('hosts', 'h', { value: web })
    const { problems } = await api.plan({})
    expect(problems).toMatchObject([{ file: 'api/hosts/h', line: 2 }])
    expect(problems[0]?.message).toMatch(/host 'h' is defined twice, first at .*parallax\.yaml:5:3/)
  })
})

describe('[CC18] [CC19] a rollback', () => {
  test('brings back what was, also over restarts, until the next apply', async () => {
    const before = (await api.status()).active as RevisionSummary
    writeFileSync(place.config, base(extra))
    await api.put('hosts', 'web', { value: { checkCommand: 'passive' } })
    expect(await api.apply({})).toMatchObject({ state: 'active', changed: 2 })
    const after = (await api.status()).active as RevisionSummary

    const job = await api.rollback({ revision: before.revision.slice(0, 6), message: 'oh no' })
    expect(job).toMatchObject({ kind: 'rollback', state: 'active', revision: before.revision })
    expect(await api.status()).toMatchObject({ isPinned: true, pending: 1 })
    await expect(program.api('/api/v1/objects/h!b')).rejects.toThrow(/404/)

    await restart()
    expect(program.printed()).toMatch(/starting from the revision of a rollback/)
    expect(await api.status()).toMatchObject({
      isPinned: true,
      active: { revision: before.revision, message: 'oh no' },
    })
    const plan = await api.plan({})
    expect(namesOf(plan.changes)).toEqual([
      ['host', 'created web'],
      ['service', 'created h!b'],
    ])
    expect(await api.apply({})).toMatchObject({ state: 'active', revision: after.revision })
    expect((await api.status()).isPinned).toBe(false)
    const diff = await api.get<DiffAnswer>(
      `/api/v1/configuration/diff?from=${before.revision}&to=${after.revision}`,
    )
    expect(namesOf(diff.changes)).toEqual([
      ['host', 'created web'],
      ['service', 'created h!b'],
    ])
  })

  test('says when the texts of then compile to something else now', async () => {
    const secret = join(place.folder, 'secret')
    writeFileSync(secret, 'one\n')
    const withSecret = base('secrets: { TOKEN: { file: secret } }\n').replace(
      'say!one',
      'say!$TOKEN$',
    )
    writeFileSync(place.config, withSecret)
    const { revision } = await api.apply({})
    writeFileSync(place.config, base())
    await api.apply({})
    writeFileSync(secret, 'two\n')
    const job = await api.rollback({ revision: revision as string })
    expect(job.revision).not.toBe(revision)
    expect(job.message).toMatch(
      /back to \w+ \(it compiles to \w+ now: a secret or the program has changed\)/,
    )
  })

  test('[CC17] is refused for a revision that nobody knows', async () => {
    await expect(api.rollback({ revision: 'ffff00001111' })).rejects.toThrow(/unknown_revision/)
    await expect(api.get('/api/v1/configuration/diff?from=ffff00001111&to=ffff')).rejects.toThrow(
      /unknown_revision/,
    )
  })
})

test('[CC16] [CC20] an export is what is written, without secrets; what is read elsewhere is not kept', async () => {
  writeFileSync(join(place.folder, 'secret'), 'hunter2\n')
  const secrets = 'secrets: { TOKEN: { file: secret }, PIN: 4711, WORD: "x y" } # mine\n'
  writeFileSync(place.config, base(secrets))
  await api.put('hosts', 'web', { value: { checkCommand: 'passive', variables: { SITE: 'bud' } } })
  expect(await api.apply({})).toMatchObject({ state: 'active' })
  const text = await api.text('/api/v1/configuration/export')
  expect(text).toContain('  a: { host: h, checkInterval: 2s, checkCommand: say!one }')
  expect(text).toMatch(/TOKEN: \{ file: secret \}/)
  expect(text).toMatch(/SITE: bud/)
  expect(text).not.toMatch(/hunter2|4711|x y/)
  expect(text.match(/\*\*\*/g)).toHaveLength(2)
})

test('[CC7] kills at any moment of an apply leave one revision or the other, and every job has an end', async () => {
  const revisions = new Set<string>()
  for (let kill = 0; kill < 8; kill++) {
    writeFileSync(place.config, base(kill % 2 === 0 ? extra : ''))
    const { active, revision } = await api.plan({})
    const posted = api.post('/api/v1/configuration/apply', {}).catch(() => undefined)
    await new Promise((resolve) => setTimeout(resolve, kill * 7))
    await program.kill()
    await posted
    await start()
    // A restart reads the files, whatever became of the job; history is whole.
    expect((await api.status()).active?.revision).toBe(revision)
    revisions.add(active).add(revision)
    const listed = await api.revisions()
    expect(listed.every((one) => revisions.has(one.revision) || one.author !== '')).toBe(true)
    expect(listed.filter(({ isActive }) => isActive)).toHaveLength(1)
    const job = (await posted) as ApplyJob | undefined
    if (job === undefined) continue
    const ended = await api.job(job.id)
    expect(ended.endedAt).not.toBeNull()
    if (ended.state === 'failed') {
      expect(ended.reason).toMatch(/the hub ended .*; nothing was changed/)
      expect(program.printed()).toMatch(/an apply job was cut off/)
    } else expect(ended.state).toBe('active')
  }
}, 120_000)
