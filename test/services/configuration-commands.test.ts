import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { applyJob, planAnswer, type KindChange } from '../../src/wire/api/configuration.ts'
import { runOnTerminal, runParallax } from './command-line.ts'
import { created, PLAN } from '../web-desk.ts'
import { createWebWorld, startWebServer, type WebWorld } from '../web-world.ts'

/** The real command line against a real web server, whose desk answers as the test wants: refusals, silence, other people's applies. */

const folder = mkdtempSync(join(tmpdir(), 'commands-'))
let world: WebWorld
let server: Awaited<ReturnType<typeof startWebServer>>
let token: string

beforeAll(() => {
  mkdirSync(join(folder, 'conf'))
  writeFileSync(join(folder, 'conf', 'a.yaml'), 'hosts: { a: {} }\n')
  writeFileSync(join(folder, 'conf', 'b.yml'), 'hosts: { b: {} }\n')
})
afterAll(() => rmSync(folder, { recursive: true }))
beforeEach(async () => {
  world = createWebWorld({ isRealTime: true })
  server = await startWebServer(world)
  token = await world.token('admin')
})
afterEach(async () => server.close())

const hub = () => ({ url: server.url, token, folder })
const parallax = (args: readonly string[], input = '', url = server.url) =>
  runParallax({ ...hub(), url }, args, input)
const onTerminal = (args: string, typed: string, environment: Record<string, string> = {}) =>
  runOnTerminal(hub(), args, { typed, environment })

function deleting(name: string): KindChange {
  const [object] = created('host', [name]).objects
  if (object === undefined) throw new Error('no object')
  return {
    kind: 'host',
    created: 0,
    changed: 0,
    deleted: 1,
    objects: [{ ...object, change: 'deleted' }],
  }
}

test('[CL2] [CL12] exit statuses of plan: 0, 1 with problems, 2 for changes when asked for', async () => {
  const { desk } = world
  desk.next = { ...PLAN, changes: [created('host', ['web-01'])], effects: ['+1 host'] }
  const plan = await parallax(['plan'])
  expect(plan.status).toBe(0)
  expect(plan.stdout).toBe(
    '+ host web-01\n\nPlan: 1 to create, 0 to change, 0 to delete\nRevision aaaa11112222 -> bbbb55556666\n\nEffects:\n  +1 host\n',
  )
  expect((await parallax(['plan', '--detailed-exitcode'])).status).toBe(2)
  desk.next = { ...PLAN, revision: PLAN.active }
  expect(await parallax(['plan', '--detailed-exitcode'])).toMatchObject({
    status: 0,
    stdout: 'Nothing to do: revision aaaa11112222 is what should be.\n',
    stderr: '',
  })
  const problem = { file: 'a.yaml', line: 3, column: 5, message: 'no', hint: 'yes' }
  desk.next = { ...PLAN, problems: [problem] }
  for (const command of ['plan', 'apply'] as const) {
    const refused = await parallax([
      command,
      ...(command === 'plan' ? ['--detailed-exitcode'] : []),
    ])
    expect(refused.status).toBe(1)
    expect(refused.stderr).toContain('a.yaml:3:5: no\n  hint: yes\n1 fault\n')
  }
  const json = await parallax(['plan', '-o', 'json'])
  expect([json.status, planAnswer.parse(JSON.parse(json.stdout)).problems]).toEqual([1, [problem]])
})

test('[CL3] without a terminal deletions and large changes need --yes', async () => {
  const { desk } = world
  const names = Array.from({ length: 51 }, (_, index) => `host-${index}`)
  for (const changes of [[deleting('web-01')], [created('host', names)]]) {
    desk.next = { ...PLAN, changes }
    const refused = await parallax(['apply'])
    expect([refused.status, desk.active]).toEqual([2, PLAN.active])
    expect(refused.stderr).toContain(
      'nothing was changed\n  hint: look at the plan, then add --yes',
    )
    expect((await parallax(['rollback', 'bbbb'])).status).toBe(2)
  }
  desk.next = { ...PLAN, changes: [created('host', names.slice(1))] }
  expect((await parallax(['apply'])).status).toBe(0)
  expect(desk.active).toBe(PLAN.revision)
  desk.active = PLAN.active
  desk.next = { ...PLAN, changes: [deleting('web-01')] }
  const done = await parallax(['apply', '--yes', '-m', 'web-01 is gone', '--timeout', '5'])
  expect([done.status, done.stdout.trimEnd().split('\n').at(-1)]).toEqual([
    0,
    'Revision bbbb55556666 is active: 0 created, 0 changed, 1 deleted',
  ])
  expect(desk.asked.at(-1)).toMatchObject({
    author: 'admin',
    request: { message: 'web-01 is gone', timeoutMs: 5000, expectedActive: PLAN.active },
  })
})

test('[CL3] on a terminal it asks, and only yes is yes', async () => {
  const { desk } = world
  desk.next = { ...PLAN, changes: [created('host', ['web-01'])] }
  for (const typed of ['\n', 'n\n', 'yess\n', '\u0004']) {
    const refused = await onTerminal('apply', typed)
    expect([typed, refused.status, desk.active]).toEqual([typed, 2, PLAN.active])
    expect(refused.shown).toContain('nothing was changed')
  }
  const done = await onTerminal('apply', 'y\n')
  expect([done.status, desk.active]).toEqual([0, PLAN.revision])
})

test('[CL10] on a terminal there are colours, lines of its width, and none with NO_COLOR', async () => {
  const host = created('host', ['web-01']).objects.map((object) => ({
    ...object,
    change: 'changed' as const,
    attributes: [{ name: 'notes', before: null, after: 'x'.repeat(200) }],
  }))
  const changes = [{ kind: 'host', created: 0, changed: 1, deleted: 0, objects: host }]
  world.desk.next = { ...PLAN, changes }
  const { shown } = await onTerminal('plan', '')
  expect(shown).toContain('\u001B[33m~ host web-01\u001B[39m\r\n')
  expect(
    Math.max(...shown.split('\r\n').map((line) => stripVTControlCharacters(line).length)),
  ).toBe(80)
  const bare = await onTerminal('plan', '', { NO_COLOR: '1' })
  expect(bare.shown).toMatch(/^~ host web-01\r\n/)
  expect(bare.shown).not.toContain('\u001B[3')
})

test('[CL4] [CL12] refused and failed name every collector and the revision that stays', async () => {
  const { desk } = world
  desk.next = { ...PLAN, changes: [created('host', ['web-01'])] }
  const answer = { answeredAt: null }
  const collectors = [
    { collector: 'eu-1', state: 'staged' as const, reason: null, ...answer },
    { collector: 'eu-2', state: 'refused' as const, reason: 'no such plugin', ...answer },
    { collector: 'us-1', state: 'silent' as const, reason: null, ...answer },
  ]
  desk.ending = { state: 'refused', reason: 'eu-2 refused it', collectors }
  const refused = await parallax(['apply'])
  expect(refused.status).toBe(1)
  expect(refused.stderr).toContain(
    'parallax: refused: eu-2 refused it\n  eu-2: no such plugin\n  us-1: silent\n  revision aaaa11112222 stays active\n',
  )
  const json = await parallax(['apply', '-o', 'json'])
  const { job } = JSON.parse(json.stdout) as { job: unknown }
  expect([json.status, applyJob.parse(job).state]).toEqual([1, 'refused'])
  desk.ending = { state: 'active', reason: 'not confirmed within 30 s by us-1', collectors }
  const partial = await parallax(['apply'])
  expect(partial.status).toBe(7)
  expect(partial.stderr).toContain('us-1: silent')
  desk.active = PLAN.active
  desk.ending = undefined
  const running = parallax(['apply'])
  await desk.waitedFor('job 4')
  desk.end('job 4', { state: 'staging', endedAt: null, collectors })
  await desk.waitedFor('job 4')
  desk.end('job 4', { state: 'failed', reason: 'us-1 did not answer', collectors })
  const failed = await running
  expect(failed.status).toBe(1)
  expect(failed.stderr).toMatch(/^Job job 4\n {2}eu-1: staged\n {2}eu-2: refused\n/)
  expect(failed.stderr).toContain('parallax: failed: us-1 did not answer\n')
})

test("[CL5] other people's objects and other people's applies end with 5", async () => {
  const { desk } = world
  const problem = {
    file: 'a.yaml',
    line: 1,
    column: 9,
    message: "hosts 'a' belongs to git:shop",
    hint: null,
    code: 'object_owned' as const,
  }
  desk.next = { ...PLAN, problems: [problem] }
  for (const command of ['plan', 'apply']) {
    const owned = await parallax([command, '-f', 'conf'])
    expect([owned.status, owned.stderr.includes('--force')]).toEqual([5, true])
  }
  desk.next = { ...PLAN, active: 'cccc77778888', changes: [created('host', ['a'])] }
  const outdated = await parallax(['apply'])
  expect(outdated.status).toBe(5)
  expect(outdated.stderr).toContain('hint: somebody else was faster')
  desk.next = { ...PLAN, changes: [created('host', ['a'])] }
  desk.ending = { state: 'refused', before: 'cccc77778888', reason: 'another one is active' }
  const overtaken = await parallax(['apply'])
  expect([overtaken.status, overtaken.stderr.includes('somebody else was faster')]).toEqual([
    5,
    true,
  ])
  await parallax(['object', 'put', 'host', 'a', '--value', '{}', '--managed-by', 'git:shop'])
  const put = await parallax(['object', 'put', 'hosts', 'a', '--value', '{}'])
  expect([put.status, put.stderr]).toEqual([
    5,
    'parallax: hosts/a belongs to git:shop.\n  hint: leave it to its owner, or change it all the same with --force\n',
  ])
  expect((await parallax(['object', 'put', 'hosts', 'a', '--value', '{}', '--force'])).status).toBe(
    0,
  )
})

test('[CL6] -f takes files, folders and standard input, each once; what cannot be read stops it', async () => {
  const { desk } = world
  const flags = ['-f', 'conf', 'conf/a.yaml', '-f', '-', '--managed-by', 'git:shop', '--prune']
  expect((await parallax(['plan', ...flags], 'hosts: { c: {} }\n')).status).toBe(0)
  expect(desk.asked.at(-1)?.request).toEqual({
    documents: [
      { name: 'conf/a.yaml', text: 'hosts: { a: {} }\n' },
      { name: 'conf/b.yml', text: 'hosts: { b: {} }\n' },
      { name: 'stdin', text: 'hosts: { c: {} }\n' },
    ],
    managedBy: 'git:shop',
    prune: true,
  })
  desk.asked.length = 0
  const bad = join(folder, 'bad')
  mkdirSync(bad)
  writeFileSync(join(bad, 'x.yaml'), Buffer.from([0xff]))
  const unreadable = await parallax(['apply', '-f', 'conf', 'bad', '--yes'])
  expect([unreadable.status, desk.asked]).toEqual([1, []])
  expect(unreadable.stderr).toContain('bad/x.yaml:1:1: is not UTF-8 text')
  expect(await parallax(['plan', '-f', 'nowhere'])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('-f nowhere: there is no such file or folder'),
  })
})

test('[CL6] object files of Nagios are sent as YAML; faults stop them with their place', async () => {
  const nagios = join(folder, 'nagios')
  mkdirSync(nagios)
  const define = (kind: string, ...lines: readonly string[]) =>
    `define ${kind} {\n${lines.join('\n')}\n}\n`
  const command = define('command', 'command_name ok', 'command_line /bin/true')
  const check = ['check_command ok', 'max_check_attempts 3', 'contacts me']
  const host =
    define('host', 'host_name till', 'address 192.0.2.1', ...check) +
    define('service', 'host_name till', 'service_description cash', ...check) +
    define(
      'contact',
      'contact_name me',
      ...['host', 'service'].map((of) => `${of}_notification_commands ok`),
    )
  writeFileSync(join(nagios, 'objects.cfg'), command + host)
  for (const path of ['nagios', 'nagios/objects.cfg']) {
    const plan = await parallax(['plan', '-f', path, '--managed-by', 'nagios:old'])
    expect([plan.status, plan.stderr]).toEqual([0, expect.not.stringContaining('fault')])
    const documents = world.desk.asked.flatMap(({ request }) =>
      'documents' in request ? (request.documents ?? []) : [],
    )
    expect(documents.map(({ name }) => name)).toContain(`${path} as YAML`)
    expect(documents.at(-1)?.text).toMatch(/^hosts:\n {2}till:/m)
  }
  world.desk.asked.length = 0
  writeFileSync(join(nagios, 'objects.cfg'), host)
  const refused = await parallax(['plan', '-f', 'nagios'])
  expect([refused.status, world.desk.asked]).toEqual([1, []])
  expect(refused.stderr).toMatch(/nagios\/objects\.cfg:\d+:\d+: .*ok/)
})

test.each([
  [['--prune'], '--prune needs -f'],
  [['--force'], '--force needs -f'],
  [['--managed-by', 'git:shop'], '--managed-by needs -f'],
  [['-f', 'conf', '--prune'], '--prune needs --managed-by'],
  [
    ['-f', '-', '--managed-by', 'git:shop', '--prune'],
    '-f holds nothing, and --prune would delete everything of git:shop',
  ],
  [['-f', 'conf', '--managed-by', 'a b'], "--managed-by: 'a b' cannot be used"],
])('[CL7] %j is a matter of usage', async (flags, message) => {
  const refused = await parallax(['apply', ...flags])
  expect([refused.status, refused.stderr.split('\n')[0]]).toEqual([2, `parallax: ${message}`])
  expect(world.desk.asked).toEqual([])
})

test('[CL8] an apply of what is active starts no job; what comes with -f is kept anew', async () => {
  const { desk } = world
  desk.next = { ...PLAN, revision: PLAN.active }
  const idle = await parallax(['apply'])
  expect([idle.status, desk.asked.length]).toEqual([0, 1])
  desk.asked.length = 0
  const kept = await parallax(['apply', '-f', 'conf'])
  expect([kept.status, desk.asked.length]).toEqual([0, 2])
  expect(kept.stdout).toContain('Revision aaaa11112222 stays active, as it is written now.\n')
  desk.asked.length = 0
  await parallax(['object', 'put', 'hosts', 'a', '--value', '{}'])
  const waiting = await parallax(['apply'])
  expect([waiting.status, desk.asked.length]).toEqual([0, 2])
})

test('[CL9] what object get prints can be put back; names may hold anything', async () => {
  const name = 'web 01/ö %?#'
  const value = '{ address: 192.0.2.1, notes: "two\\nlines" }'
  expect((await parallax(['object', 'put', 'hosts', name, '--value', value])).status).toBe(0)
  const got = await parallax(['object', 'get', 'hosts', name])
  expect(got.stdout).toMatch(/^# hosts web 01\/ö %\?# of api: created, waits for an apply\n/)
  await parallax(['object', 'put', 'hosts', 'copy', '-f', '-'], got.stdout)
  expect(await world.desk.object('hosts', 'copy')).toMatchObject({
    value: { address: '192.0.2.1', notes: 'two\nlines' },
  })
  expect((await parallax(['object', 'get', 'hosts', 'nobody'])).status).toBe(3)
  expect((await parallax(['object', 'get', 'hsts', 'x'])).stderr).toContain("did you mean 'hosts'?")
  expect((await parallax(['object', 'list', 'host', '-o', 'name'])).stdout).toContain(
    'hosts copy\n',
  )
})

test('[CL10] nothing is coloured when nobody looks', async () => {
  world.desk.next = { ...PLAN, changes: [created('host', ['a'])] }
  const { stdout } = await parallax(['plan'])
  expect(stdout).not.toMatch(/\p{Cc}(?<!\n)/u)
})

test('[CL11] a hub that is lost while the job runs ends with 6, and the job is told to go on', async () => {
  // Plays a hub that dies right after it took the job.
  const answers: Readonly<Record<string, unknown>> = {
    '/api/v1/configuration/plan': { ...PLAN, changes: [created('host', ['a'])] },
    '/api/v1/configuration/apply': {
      id: '7',
      kind: 'apply',
      state: 'compiling',
      revision: null,
      before: PLAN.active,
      author: 'a',
      message: '',
      startedAt: '2026-03-01T12:00:00Z',
      endedAt: null,
      reason: null,
      problems: [],
      changed: 0,
      collectors: [],
    },
  }
  const dying = createServer((request, response) => {
    const answer = answers[request.url ?? '']
    if (answer === undefined) return request.socket.destroy()
    request.resume().on('end', () => response.end(JSON.stringify(answer)))
  })
  await new Promise<void>((resolve) => dying.listen(0, '127.0.0.1', resolve))
  const address = dying.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const lost = await parallax(['apply'], '', `http://127.0.0.1:${address.port}`)
  dying.close()
  expect(lost.status).toBe(6)
  expect(lost.stderr).toContain('job 7 was lost')
  expect(lost.stderr).toContain('it goes on without this command')
})

test('[CL13] history, diff and export speak of revisions; names are judged here', async () => {
  const history = await parallax(['history', '-n', '2', '-o', 'name'])
  expect(history.stdout).toBe('aaaa11112222\naaaa33334444\n')
  expect((await parallax(['history', '--no-headers'])).stdout).toMatch(/^aaaa11112222 \*/)
  world.desk.next = { ...PLAN, changes: [created('host', ['a'])] }
  const diff = await parallax(['diff', 'bbbb'])
  expect(diff.stdout).toBe(
    '+ host a\n\nbbbb55556666 -> aaaa11112222: 1 created, 0 changed, 0 deleted\n',
  )
  expect(JSON.parse((await parallax(['diff', 'bbbb', '-o', 'json'])).stdout)).toMatchObject({
    from: 'bbbb55556666',
  })
  expect((await parallax(['export', '--revision', 'bbbb'])).stdout).toBe(
    '# bbbb55556666\nhosts:\n  h: {}\n',
  )
  for (const [revision, status] of [
    ['cccc', 3],
    ['aaaa', 5],
    ['zz', 2],
  ] as const) {
    const refused = await parallax(['diff', revision])
    expect([revision, refused.status]).toEqual([revision, status])
    expect(refused.stderr).toContain('`parallax history` lists the revisions')
  }
})
