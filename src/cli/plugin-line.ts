import { counted } from '../base/words.ts'
import type { ObjectRow } from '../wire/api/objects.ts'
import { displayName } from './object-name.ts'
import { suspectedText } from './verdict-text.ts'

/** A list of objects as one plugin result, so that another monitor can watch this one. */
export interface PluginLine {
  readonly code: 0 | 1 | 2 | 3
  readonly text: string
}

export function pluginLineOf(rows: readonly ObjectRow[]): PluginLine {
  const count = (...states: readonly string[]): number =>
    rows.filter((row) => !row.isStale && states.includes(row.state)).length
  const critical = count('critical', 'down', 'unreachable')
  const warning = count('warning')
  const unknown = count('unknown')
  const stale = rows.filter((row) => row.isStale).length
  const code = critical > 0 ? 2 : warning > 0 ? 1 : unknown + stale > 0 ? 3 : 0
  const word = ['OK', 'WARNING', 'CRITICAL', 'UNKNOWN'][code]
  const worst =
    rows.find((row) => ['critical', 'down', 'unreachable'].includes(row.state)) ??
    rows.find((row) => row.state === 'warning')
  const first = worst === undefined ? '' : `, first: ${displayName(worst.id)}`
  return {
    code,
    text:
      `PARALLAX ${word} - ${counted(rows.length, 'object')}, ${critical} critical, ${warning} warning, ${unknown} unknown, ${stale} stale${suspectedText(rows)}${first}` +
      ` | objects=${rows.length};;;0 critical=${critical};;0;0 warning=${warning};0;;0 unknown=${unknown};;;0 stale=${stale};;;0`,
  }
}
