import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { TEMPLATES_PATH, templatesPage } from '../docs/reference/generate-templates.ts'
import { compile } from '../src/configuration/compile.ts'
import { shippedPackages } from '../src/configuration/packages.ts'
import { renderProblem } from '../src/configuration/problem.ts'
import { readDefinitions } from '../src/configuration/yaml/read-definitions.ts'
import { Problems } from '../src/configuration/problem.ts'

const packages = shippedPackages()

test('docs/reference/templates.md is up to date: run `node docs/reference/generate-templates.ts`', async () => {
  expect(readFileSync(TEMPLATES_PATH, 'utf8')).toBe(await templatesPage())
})

test.each(packages.names)('[TM1] %s compiles with a host for each of its templates', (name) => {
  const own = readDefinitions([packages.read(name)], new Problems())
  const hosts = [...own.hostTemplates.keys()].map(
    (template) => `  on ${template}: { use: ${template} }`,
  )
  const text = `packages: ${name}\nhosts:\n  plain:\n${hosts.join('\n')}\n`
  const { fleet, problems } = compile([{ file: 'hosts.yaml', text }], { packages })
  expect(problems.map(renderProblem)).toEqual([])
  for (const template of own.hostTemplates.values()) {
    for (const service of Object.values(template.value.services ?? {}))
      expect(service.notes, `notes of a service of ${template.name}`).toMatch(/\.$/)
  }
  expect(fleet.hosts.size).toBe(hosts.length + 1)
})

test('[TM1] all packages stand beside each other', () => {
  const text = `packages: [${packages.names.join(', ')}]\nhosts: { plain: }\n`
  expect(compile([{ file: 'hosts.yaml', text }], { packages }).problems.map(renderProblem)).toEqual(
    [],
  )
})

test('[TM1] the reference names every template, parameter and service', () => {
  const page = readFileSync(TEMPLATES_PATH, 'utf8')
  const all = readDefinitions(
    packages.names.map((name) => packages.read(name)),
    new Problems(),
  )
  for (const { name, value } of all.hostTemplates.values()) {
    expect(page).toContain(`### \`${name}\``)
    for (const parameter of Object.keys(value.variables ?? {})) expect(page).toContain(parameter)
    for (const service of Object.keys(value.services ?? {})) expect(page).toContain(`| ${service}`)
  }
})
