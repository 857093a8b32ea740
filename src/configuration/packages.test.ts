import { describe, expect, test } from 'vitest'
import { compiledFleet, problemsOf } from '../../test/compiled.ts'
import { shippedPackages } from './packages.ts'

const TEXTS: Readonly<Record<string, string>> = {
  'linux-ssh': `packages: [base]
templates: { hosts: { linux: { use: base, services: { load: { checkCommand: passive } } } } }`,
  base: 'packages: linux-ssh\ntemplates: { hosts: { base: { maxCheckAttempts: 9 } } }',
  wrong: 'templates: { hosts: { w: { maxCheckAttempts: none } } }',
  asking: 'packages: [bse]',
}

function packages() {
  const reads: string[] = []
  return {
    reads,
    names: Object.keys(TEXTS),
    read(name: string) {
      reads.push(name)
      return { file: `templates/${name}.yaml`, text: TEXTS[name] ?? '' }
    },
  }
}

describe('[CF24] packages', () => {
  test('are read once each, also those that packages name', () => {
    const from = packages()
    const fleet = compiledFleet(
      'packages: [linux-ssh, base]\nhosts: { a: { use: linux } }\n---\npackages: linux-ssh\n',
      { packages: from },
    )
    expect(from.reads).toEqual(['linux-ssh', 'base'])
    expect(fleet.hosts.get('a')?.check.maxAttempts).toBe(9)
    expect([...fleet.services.keys()]).toEqual(['a!load'])
  })
  test('define names as a file of one’s own does: twice is a problem', () => {
    const found = problemsOf('packages: base\nhosts: { a: }\ntemplates: { hosts: { base: {} } }', {
      packages: packages(),
    })
    expect(found.join()).toContain("host template 'base' is defined twice")
  })
  test('have problems at their own places', () => {
    const [problem] = problemsOf('packages: wrong\nhosts: { a: { use: w } }', {
      packages: packages(),
    })
    expect(problem).toContain('templates/wrong.yaml:1:46: maxCheckAttempts')
  })
  test.each([
    [
      'packages: [base, linux-shs]',
      "1:11: unknown package 'linux-shs'",
      "did you mean 'linux-ssh'?",
    ],
    [
      'packages: nothing-like-it',
      "1:11: unknown package 'nothing-like-it'",
      'known are linux-ssh, base',
    ],
    [
      'packages: asking',
      "templates/asking.yaml:1:11: unknown package 'bse'",
      "did you mean 'base'?",
    ],
    ['packages: ../../etc/passwd', "1:11: 'packages' must be a name or a list of names", 'such as'],
    ['packages: { a: b }', "1:11: 'packages' must be a name or a list of names", 'such as'],
    ['packages: [1]', "1:11: 'packages' must be a name or a list of names", 'such as'],
  ])('%s is a problem with a hint', (text, message, hint) => {
    const found = problemsOf(`${text}\nhosts: { a: }`, { packages: packages() }).join('\n')
    expect(found).toContain(message)
    expect(found).toContain(hint)
  })
  test('without any, every package is unknown', () => {
    expect(problemsOf('packages: base\nhosts: { a: }').join()).toContain('known are none')
  })
  test('those that ship can all be read', () => {
    const shipped = shippedPackages()
    expect(shipped.names.length).toBeGreaterThan(0)
    for (const name of shipped.names) expect(shipped.read(name).text).toContain(':')
  })
})
