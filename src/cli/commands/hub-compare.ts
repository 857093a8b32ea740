import type { Command } from 'commander'
import { hubComparison, type HubComparison } from '../../wire/api/network.ts'
import { hubCommand, withExamples, withFormat, withHubOptions } from '../command.ts'
import { CommandFailed, EXIT } from '../exit.ts'
import { printListing } from '../format.ts'
import { displayName } from '../object-name.ts'
import type { Terminal } from '../terminal.ts'

type ComparedHub = HubComparison['items'][number]

/** Checks that are named of each hub. */
const NAMED_MAX = 10

export function addHubCompare(hub: Command): void {
  const command = hub
    .command('compare')
    .description(
      'whether the other hubs say the same of what several clusters observe; ends with 1 when one does not',
    )
  withExamples(command, [
    ['parallax hub compare', 'digests of the verdicts, and which checks are down at one hub only'],
    ['parallax hub compare -o json', 'for a script'],
  ])
  withFormat(withHubOptions(command)).action(async (_: object, self: Command) => {
    const { client, terminal, format, hasHeader } = hubCommand(self)
    const { items } = await client.get('/api/v1/hubs/comparison', hubComparison)
    printListing(terminal, listingOf(items, terminal), { format, hasHeader })
    if (format === 'table' || format === 'wide') for (const one of items) printChecks(terminal, one)
    const others = items.filter(isOther).map(({ name }) => name)
    if (others.length > 0)
      throw new CommandFailed(
        EXIT.failed,
        `other verdicts: ${others.join(', ')}`,
        'results that are still on their way make hubs differ for some seconds; `parallax explain OBJECT` at both says why',
      )
    const away = items.filter(({ isReachable }) => !isReachable).map(({ name }) => name)
    if (away.length > 0)
      throw new CommandFailed(EXIT.unreachable, `not reached: ${away.join(', ')}`)
    if (items.length === 1 && format === 'table') terminal.say('there is no other hub')
  })
}

function listingOf(rows: readonly ComparedHub[], { paint }: Terminal) {
  return {
    rows,
    columns: [
      { title: 'HUB', text: ({ name }: ComparedHub) => name },
      {
        title: 'VERDICTS',
        text: verdictsText,
        paint: (text: string, row: ComparedHub) =>
          row.isReachable && !isOther(row) ? paint.green(text) : paint.red(text),
      },
      { title: 'CHECKS', text: ({ verdicts }: ComparedHub) => String(verdicts?.checks ?? '-') },
      { title: 'DOWN', text: ({ verdicts }: ComparedHub) => String(verdicts?.down ?? '-') },
      { title: 'DIGEST', text: ({ verdicts }: ComparedHub) => verdicts?.digest ?? '-' },
      { title: 'REVISION', text: ({ revision }: ComparedHub) => revision.slice(0, 12) },
    ],
    wideColumns: [],
    name: ({ name }: ComparedHub) => `hub/${name}`,
    whenEmpty: 'no hubs',
  }
}

function verdictsText(row: ComparedHub): string {
  if (row.isSelf) return 'answers here'
  if (!row.isReachable) return 'away'
  if (row.verdicts === null) return 'does not say'
  if (!isOther(row)) return 'the same'
  return row.differsMs === 0 ? 'others' : `others for ${Math.round(row.differsMs / 1000)} s`
}

/** What was asked just now counts; what it said with its news, when it gave no answer. */
function isOther({ isSelf, isReachable, disagreement, differsMs }: ComparedHub): boolean {
  if (isSelf || !isReachable) return false
  if (disagreement === null) return differsMs > 0
  const { onlyHere, onlyThere } = disagreement
  return onlyHere.length + onlyThere.length > 0 || (disagreement.isPartial && differsMs > 0)
}

function printChecks(terminal: Terminal, { name, disagreement }: ComparedHub): void {
  if (disagreement === null) return
  const { onlyHere, onlyThere, isPartial } = disagreement
  printSome(terminal, 'down here only', onlyHere)
  printSome(terminal, `down at ${name} only`, onlyThere)
  if (isPartial) terminal.say(`${name} has too many outages to compare all: these are the first`)
}

function printSome(terminal: Terminal, title: string, ids: readonly string[]): void {
  for (const id of ids.slice(0, NAMED_MAX)) terminal.data(`  ${title}: ${displayName(id)}`)
  if (ids.length > NAMED_MAX) terminal.data(`  ${title}: ${ids.length - NAMED_MAX} more`)
}
