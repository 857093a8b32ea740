import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import type { Component, Measure } from '../../src/domain/self-monitoring/component.ts'
import { COMPONENTS } from '../../src/domain/self-monitoring/components.ts'

/** Makes docs/reference/components.md from the table of components: `node docs/reference/generate-components.ts`. A test compares. */
export const COMPONENTS_PATH = join(import.meta.dirname, 'components.md')

const INTRODUCTION = `# Components of Parallax

<!-- Made by \`node docs/reference/generate-components.ts\` from src/domain/self-monitoring/. -->

What the built-in check \`parallax\` knows of Parallax itself: \`{ builtin: parallax, component: outbox, of: east.c1 }\`. \`of\` is a collector
(\`cluster.name\`), or a cluster for each of its collectors; without it, the process that runs the check. Limits are ranges by the name of the measure:
\`warning: [waiting=5000]\`, \`critical: ['disk=3:']\`. The package [parallax](templates.md#parallax) has a host template for each component. Rules:
[self-monitoring](../spec/self-monitoring.md).

Totals (_growth_) are judged by what they grew by since the run before.
`

export async function componentsPage(): Promise<string> {
  const sections = Object.entries(COMPONENTS).flatMap(([name, component]) =>
    sectionOf(name, component),
  )
  const options = await resolveConfig(COMPONENTS_PATH)
  return format([INTRODUCTION, ...sections].join('\n'), { ...options, parser: 'markdown' })
}

function sectionOf(name: string, { about, notes, measures }: Component): readonly string[] {
  return [
    `## ${name}`,
    '',
    about === 'cluster' ? `${notes} \`of\` is a cluster.` : notes,
    '',
    '| measure | warning | critical | from |',
    '| --- | --- | --- | --- |',
    ...measures.map(rowOf),
    '',
  ]
}

function rowOf({ label, unit, as, to, from, warning, critical }: Measure): string {
  const shown = (limit: string | undefined): string => (limit === undefined ? '' : `\`${limit}\``)
  const kind = as === undefined || as === 'share' ? '' : ` (${as})`
  const source = as === 'share' ? `\`${from}\` in \`${to}\`` : `\`${from}\`${kind}`
  const name = unit === undefined ? `\`${label}\`` : `\`${label}\` in ${unit}`
  return `| ${name} | ${shown(warning)} | ${shown(critical)} | ${source} |`
}

if (process.argv[1] === import.meta.filename) {
  const before = readFileSync(COMPONENTS_PATH, { encoding: 'utf8', flag: 'a+' })
  const page = await componentsPage()
  if (page !== before) writeFileSync(COMPONENTS_PATH, page)
}
