import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'

/** docs/reference/metrics.md lists what running programs say: test/services/metrics.test.ts compares, and writes it when PARALLAX_WRITE_PAGES is set. */
export const METRICS_PATH = join(import.meta.dirname, 'metrics.md')

const INTRODUCTION = `# Metrics

<!-- Made by test/services/metrics.test.ts from what a hub and a collector serve: PARALLAX_WRITE_PAGES=1. -->

Hubs and \`parallax up\` serve \`/metrics\` for Prometheus at the address of the console: without sign-in on the loopback, else with a token.
\`parallax collector\` serves it where \`--metrics-listen HOST:PORT\` says, without sign-in; by default nowhere. Totals count from the start of the
process. A number that is not known now is missing. Components of the built-in check \`parallax\` are judged by the same numbers: [components](components.md).
`

/** One metric as a program serves it. */
export interface Family {
  readonly name: string
  readonly help: string
  readonly type: string
}

/** What the text format of Prometheus says of each metric, in its order. */
export function familiesIn(text: string): readonly Family[] {
  const types = new Map(
    [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => [name, type]),
  )
  return [...text.matchAll(/^# HELP (\S+) (.*)$/gm)].map(([, name = '', help = '']) => ({
    name,
    help,
    type: types.get(name) ?? '',
  }))
}

export interface Served {
  readonly hub: readonly Family[]
  readonly collector: readonly Family[]
}

export async function metricsPage({ hub, collector }: Served): Promise<string> {
  const ofHub = new Set(hub.map(({ name }) => name))
  const ofCollector = new Set(collector.map(({ name }) => name))
  const all = new Map([...hub, ...collector].map((family) => [family.name, family]))
  const rows = [...all.values()]
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, help, type }) => {
      const served = [ofHub.has(name) ? 'hub' : '', ofCollector.has(name) ? 'collector' : '']
      return `| \`${name}\` | ${type} | ${served.filter((one) => one !== '').join(', ')} | ${help} |`
    })
  const table = ['| metric | kind | of | meaning |', '| --- | --- | --- | --- |', ...rows]
  const options = await resolveConfig(METRICS_PATH)
  return format([INTRODUCTION, ...table].join('\n'), { ...options, parser: 'markdown' })
}
