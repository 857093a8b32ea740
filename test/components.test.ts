import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { COMPONENTS_PATH, componentsPage } from '../docs/reference/generate-components.ts'
import { shippedPackages } from '../src/configuration/packages.ts'
import { Problems } from '../src/configuration/problem.ts'
import { readDefinitions } from '../src/configuration/yaml/read-definitions.ts'
import { COMPONENTS } from '../src/domain/self-monitoring/components.ts'
import { parseRange } from '../src/domain/threshold.ts'

test('docs/reference/components.md is up to date: run `node docs/reference/generate-components.ts`', async () => {
  expect(readFileSync(COMPONENTS_PATH, 'utf8')).toBe(await componentsPage())
})

test('[SW1] labels are unique, limits are ranges, a share names its whole', () => {
  for (const [name, { notes, measures }] of Object.entries(COMPONENTS)) {
    expect(notes, name).toMatch(/\.$/)
    expect(new Set(measures.map(({ label }) => label)).size, name).toBe(measures.length)
    for (const { label, warning, critical, as, to } of measures) {
      expect(label).toMatch(/^[a-z][a-z0-9_]*$/)
      for (const limit of [warning, critical])
        if (limit !== undefined) expect(parseRange(limit), `${name}: ${limit}`).toBeDefined()
      expect(as === 'share', `${name}/${label}`).toBe(to !== undefined)
    }
  }
})

test('[TM1] every component has a host template', () => {
  const { hostTemplates } = readDefinitions([shippedPackages().read('parallax')], new Problems())
  const covered = new Set(
    [...hostTemplates.values()].flatMap(({ value }) =>
      [value.checkCommand, ...Object.values(value.services ?? {}).map((one) => one.checkCommand)]
        .map((command) => (command as { component?: string } | undefined)?.component)
        .filter((component) => component !== undefined),
    ),
  )
  expect([...covered].toSorted()).toEqual(Object.keys(COMPONENTS).toSorted())
})
