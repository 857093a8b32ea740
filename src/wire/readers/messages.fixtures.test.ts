import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  allResults,
  allWatermarks,
  passive,
  plan,
  planAcknowledgement,
  recheck,
} from '../subjects.ts'

/** Recorded from the bus of `parallax up` of each released version. A file is a list of messages of one kind, and is never edited. */
const VERSIONS = ['0.1.0']
const FOLDER = join(import.meta.dirname, '..', '..', '..', 'test', 'fixtures', 'wire')

const READERS: Readonly<Record<string, ((value: unknown) => unknown) | undefined>> = {
  results: allResults('h').read,
  watermarks: allWatermarks('c').read,
  plans: plan('c').read,
  'plan-acknowledgements': planAcknowledgement('h', 'c').read,
  'recheck-requests': recheck('c').read,
  'passive-results': passive('c').read,
}

describe.each(VERSIONS)('[PN14] messages of version %s are read today', (version) => {
  test.each(Object.keys(READERS))('%s', (kind) => {
    const text = readFileSync(join(FOLDER, version, `${kind}.json`), 'utf8')
    const messages = JSON.parse(text) as readonly unknown[]
    expect(messages.length).toBeGreaterThan(0)
    for (const message of messages) expect(READERS[kind]?.(message)).toEqual(message)
  })
})

test('[PN14] the first version knew neither clocks nor epochs', () => {
  const read = (kind: string): string => readFileSync(join(FOLDER, '0.1.0', `${kind}.json`), 'utf8')
  expect(read('results')).not.toContain('"clock"')
  expect(read('watermarks')).not.toContain('"hub"')
  expect(read('plans')).not.toContain('"epoch"')
})
