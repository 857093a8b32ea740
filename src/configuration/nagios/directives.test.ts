import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { TABLES } from './directives.ts'
import { OTHER_VARIABLES } from './other-variables.ts'
import { DEFAULT_SETTINGS, SETTING_VARIABLES } from './settings.ts'

const REFERENCE = readFileSync(
  join(import.meta.dirname, '../../../docs/reference/nagios.md'),
  'utf8',
)

describe('the reference names', () => {
  test.each(Object.values(TABLES))('every directive of $type', ({ type, specs }) => {
    const [, section = ''] = REFERENCE.split(`\n### ${type}\n`)
    const [rows = ''] = section.split('\n#')
    for (const { name, aliases } of specs) {
      for (const word of [name, ...aliases]) expect(rows, type).toContain(`\`${word}\``)
    }
  })

  test('every variable of the main file that is read', () => {
    for (const variable of Object.keys(SETTING_VARIABLES)) {
      expect(REFERENCE).toContain(`\n| \`${variable}\``)
      expect(OTHER_VARIABLES.has(variable)).toBe(false)
    }
    const settings = Object.values(SETTING_VARIABLES).map(([setting]) => setting)
    expect(settings.toSorted()).toEqual(Object.keys(DEFAULT_SETTINGS).toSorted())
  })
})
