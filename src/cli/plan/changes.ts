import type { KindChange } from '../../wire/api/configuration.ts'
import { displayName } from '../object-name.ts'
import { plain } from '../table.ts'
import type { Paint, Terminal } from '../terminal.ts'
import { attributeTexts } from './attributes.ts'

type ObjectChange = KindChange['objects'][number]

export interface Counts {
  readonly created: number
  readonly changed: number
  readonly deleted: number
}

export function countsOf(changes: readonly KindChange[]): Counts {
  const sum = (key: keyof Counts): number => changes.reduce((all, kind) => all + kind[key], 0)
  return { created: sum('created'), changed: sum('changed'), deleted: sum('deleted') }
}

export function totalOf({ created, changed, deleted }: Counts): number {
  return created + changed + deleted
}

/** Objects of one kind that are shown without `--all`. */
const SHOWN_MAX = 20

/** One line for each object, what differs behind it or below it, a blank line between kinds. */
export function renderChanges(
  changes: readonly KindChange[],
  terminal: Pick<Terminal, 'columns' | 'paint'>,
  isWhole: boolean,
): string[] {
  const { columns, paint } = terminal
  return changes.flatMap((kind, index) => {
    const shown = isWhole ? kind.objects : mostTelling(kind.objects, SHOWN_MAX)
    const lines = shown.flatMap((object) => objectLines(kind.kind, object, { columns, paint }))
    const left = totalOf(kind) - shown.length
    if (left > 0) {
      const more = isWhole ? ', of which the hub sends no names' : '; --all shows them'
      lines.push(paint.dim(`  and ${left} more ${pluralOf(kind.kind)}${more}`))
    }
    return index === 0 ? lines : ['', ...lines]
  })
}

/** What is lost must not hide behind what is new: deleted before changed before created; shown in their own order. */
function mostTelling(objects: readonly ObjectChange[], max: number): readonly ObjectChange[] {
  if (objects.length <= max) return objects
  const rank = { deleted: 0, changed: 1, created: 2 } as const
  const chosen = new Set([...objects].sort((a, b) => rank[a.change] - rank[b.change]).slice(0, max))
  return objects.filter((object) => chosen.has(object))
}

const SIGNS = { created: '+', changed: '~', deleted: '-' } as const

function objectLines(
  kind: string,
  object: ObjectChange,
  { columns, paint }: Pick<Terminal, 'columns' | 'paint'>,
): string[] {
  const name = wordsOf(kind) === 'service' ? displayName(object.name) : object.name
  const color = { created: paint.green, changed: paint.yellow, deleted: paint.red }[object.change]
  const bare = `${SIGNS[object.change]} ${wordsOf(kind)} ${plain(name)}`
  const head = color(bare)
  const texts = attributeTexts(object.attributes)
  const [only] = texts
  if (only === undefined) return [head]
  if (texts.length === 1 && bare.length + 2 + only.length <= columns) return [`${head}  ${only}`]
  return [head, ...texts.map((text) => `    ${cut(text, columns - 4)}`)]
}

/** With an ellipsis at the end when it is longer. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(10, width) - 1)}…`
}

/** `hostGroup` and `hostGroups` are a host group. */
function wordsOf(kind: string): string {
  const words = kind.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return words.replace(/ies$/, 'y').replace(/s$/, '')
}

function pluralOf(kind: string): string {
  return `${wordsOf(kind)}s`.replace(/ys$/, 'ies')
}

/** `14 to create, 2 to change, 1 to delete`; below it the same per kind, when there are several. */
export function renderCounts(
  changes: readonly KindChange[],
  title: string,
  words: Readonly<Record<keyof Counts, string>>,
): string[] {
  const text = (counts: Counts, isWhole: boolean): string =>
    (['created', 'changed', 'deleted'] as const)
      .filter((key) => isWhole || counts[key] > 0)
      .map((key) => `${counts[key]} ${words[key]}`)
      .join(', ')
  const head = `${title}: ${text(countsOf(changes), true)}`
  if (changes.length < 2) return [head]
  const width = Math.max(...changes.map(({ kind }) => pluralOf(kind).length))
  return [
    head,
    ...changes.map((kind) => `  ${pluralOf(kind.kind).padEnd(width)}  ${text(kind, false)}`),
  ]
}

export const PLANNED = { created: 'to create', changed: 'to change', deleted: 'to delete' } as const
export const DONE = { created: 'created', changed: 'changed', deleted: 'deleted' } as const

export function paintSign(paint: Paint, change: ObjectChange['change']): string {
  return { created: paint.green, changed: paint.yellow, deleted: paint.red }[change](SIGNS[change])
}
