import { describe, expect, test } from 'vitest'
import { compile } from './compile.ts'
import { compileDesired } from './compile-desired.ts'
import {
  desiredOf,
  hashOf,
  objectsIn,
  textOfObject,
  type ApiObject,
  type ProposedDocuments,
} from './desired.ts'
import { revisionOf } from './revision.ts'

const files = [{ file: 'p.yaml', text: 'commands: { say: { line: echo } }\n' }]

function stored(kind: string, name: string, value: unknown, managedBy = 'git:shop'): ApiObject {
  const text = textOfObject(kind, name, value)
  const hash = hashOf(text)
  return { kind, name, managedBy, written: { hash, text }, ownerHash: hash }
}

function proposed(text: string, more: Partial<ProposedDocuments> = {}): ProposedDocuments {
  const documents = [{ name: 'shop.yaml', text }]
  return { documents, managedBy: 'git:shop', prune: false, force: false, ...more }
}

const passive = { checkCommand: 'passive' }
const web = stored('hosts', 'web', { address: '10.0.0.1', ...passive })

describe('[CC22] documents of a proposal', () => {
  const document = `hosts:
  web: { address: 10.0.0.2, checkCommand: passive }
  db: { checkCommand: passive, services: { x: { checkCommand: say } } }
templates: { hosts: { t: { groups: [g] } } }
`
  const desired = desiredOf({ files, objects: [web], proposal: proposed(document) })
  test('are compiled as they were sent, so that problems name places in them', () => {
    expect(desired.sources.map(({ file }) => file)).toEqual(['p.yaml', 'shop.yaml'])
    const { problems } = compile(desired.sources)
    expect(problems).toMatchObject([{ file: 'shop.yaml', line: 4 }])
  })
  test('are kept object by object, each a source of its own', () => {
    expect(desired.kept.map(({ file, object }) => [file, object?.managedBy])).toEqual([
      ['p.yaml', undefined],
      ['api/hosts/db', 'git:shop'],
      ['api/hosts/web', 'git:shop'],
      ['api/templates.hosts/t', 'git:shop'],
    ])
    const [, db] = desired.kept
    expect(objectsIn({ file: 'x', text: db?.text ?? '' })).toMatchObject([
      { kind: 'hosts', name: 'db', value: { services: { x: { checkCommand: 'say' } } } },
    ])
  })
  test('make the same fleet in both forms', () => {
    const good = document.replace('groups: [g]', '')
    const { sources, kept } = desiredOf({ files, objects: [web], proposal: proposed(good) })
    const revisions = [sources, kept].map((texts) => {
      const { fleet, problems } = compile(texts)
      expect(problems).toEqual([])
      return revisionOf(fleet)
    })
    expect(revisions[0]).toBe(revisions[1])
  })
  test('write only what differs', () => {
    expect(desired.writes.map(({ name }) => name)).toEqual(['web', 'db', 't'])
    const same = desiredOf({
      files,
      objects: [web],
      proposal: proposed('hosts: { web: { address: 10.0.0.1, checkCommand: passive } } # words'),
    })
    expect(same.writes).toEqual([])
  })
  test('keep odd names and values as they are', () => {
    const odd = `hosts: { '007': { notes: "a: b\\n# c\\0", variables: { N: '1.0', L: ['yes', '~'] } } }`
    const [object] = objectsIn({ file: 'x', text: odd })
    expect(object).toMatchObject({ name: '007' })
    const text = textOfObject('hosts', '007', object?.value)
    expect(text).not.toContain('\0')
    expect(objectsIn({ file: 'x', text })[0]).toMatchObject({ name: '007', value: object?.value })
  })
})

describe('[CC23] an object of another owner', () => {
  const proposal = proposed('\nhosts: { web: { checkCommand: passive } }', { managedBy: 'git:ops' })
  test('is refused with its place and its owner', () => {
    const { owned, writes } = desiredOf({ files, objects: [web], proposal })
    expect(owned).toEqual([
      {
        file: 'shop.yaml',
        line: 2,
        column: 10,
        message: "hosts/web belongs to 'git:shop'",
        hint: 'force takes it over',
      },
    ])
    expect(writes).toEqual([])
  })
  test('is taken over by force', () => {
    const { owned, writes } = desiredOf({
      files,
      objects: [web],
      proposal: { ...proposal, force: true },
    })
    expect(owned).toEqual([])
    expect(writes).toMatchObject([{ name: 'web', managedBy: 'git:ops' }])
  })
})

describe('[CC24] objects that the documents lack', () => {
  const others = [web, stored('hosts', 'other', passive, 'git:ops')]
  const text = 'hosts: { new: { checkCommand: passive } }'
  test('stay', () => {
    const { kept, sources } = desiredOf({ files, objects: others, proposal: proposed(text) })
    expect(kept).toHaveLength(4)
    expect(sources.map(({ file }) => file)).toEqual([
      'p.yaml',
      'shop.yaml',
      'api/hosts/web',
      'api/hosts/other',
    ])
  })
  test('go with prune, but only those of the same owner', () => {
    const { kept, writes, sources } = desiredOf({
      files,
      objects: others,
      proposal: proposed(text, { prune: true }),
    })
    expect(kept.map(({ file }) => file)).toEqual(['p.yaml', 'api/hosts/new', 'api/hosts/other'])
    expect(writes).toMatchObject([{ name: 'new' }, { name: 'web', written: undefined }])
    expect(sources.map(({ file }) => file)).not.toContain('api/hosts/web')
  })
})

test('[CC26] a name in a file and in an object of the API is a problem that names both', () => {
  const inFile = [{ file: 'p.yaml', text: 'hosts: { web: { checkCommand: passive } }\n' }]
  const { problems } = compile(desiredOf({ files: inFile, objects: [web] }).sources)
  expect(problems).toMatchObject([
    { file: 'api/hosts/web', message: "host 'web' is defined twice, first at p.yaml:1:10" },
  ])
})

describe('[CC22] names that look like files of Nagios', () => {
  test('are names', () => {
    const { sources } = desiredOf({ files, objects: [stored('hosts', 'web.cfg', passive)] })
    expect(sources.map(({ file }) => file)).toEqual(['p.yaml', 'api/hosts/web.cfg (YAML)'])
    expect([...compile(sources).fleet.hosts.keys()]).toEqual(['web.cfg'])
  })
  test('are refused for documents', async () => {
    const documents = [{ name: 'x.cfg', text: 'define host { host_name x }' }]
    const { problems } = await compileDesired(
      { path: '/nowhere', texts: [], objects: [web], proposal: { ...proposed(''), documents } },
      {},
    )
    expect(problems).toContainEqual({
      file: 'x.cfg',
      line: 1,
      column: 1,
      message: 'documents are YAML, and their names do not end in .cfg',
      hint: '`parallax apply -f` sends object files of Nagios as YAML',
    })
  })
})
