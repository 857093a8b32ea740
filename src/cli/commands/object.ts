import { Argument, type Command } from 'commander'
import { stringify } from 'yaml'
import { systemClock } from '../../adapters/system/clock.ts'
import { didYouMean } from '../../configuration/problem.ts'
import {
  configurationKind,
  configurationObject,
  configurationObjects,
  type ConfigurationObject,
} from '../../wire/api/configuration.ts'
import type { Client } from '../client.ts'
import { countOf, hubCommand, withExamples, withFormat, withHubOptions } from '../command.ts'
import { CommandFailed, EXIT } from '../exit.ts'
import { printListing, printObject } from '../format.ts'
import { ageOf } from '../object-columns.ts'
import { readObjectValue } from '../plan/object-value.ts'
import type { Column } from '../table.ts'
import type { Terminal } from '../terminal.ts'

const PAGE = 1000

/** Objects that the hub keeps beside its files. */
export function addObject(program: Command): void {
  const object = program
    .command('object')
    .description('objects that are kept by the hub itself, beside its files')
  withExamples(object, [
    ["parallax object put hosts web-01 --value '{ address: 192.0.2.1 }'", 'new'],
    ['parallax object list --pending', 'what waits'],
    ['parallax object get hosts web-01', 'as YAML'],
  ])
  addList(object)
  addGetOne(object)
  addPut(object)
  addDelete(object)
}

/** In any case, and in the singular too: people write `host`. */
function kindOf(text: string): string {
  const kinds = configurationKind.options
  const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
  const found = kinds.find((kind) => same(kind, text) || same(kind, `${text}s`))
  if (found !== undefined) return found
  const hint = didYouMean(text, kinds) ?? `one of ${kinds.join(', ')}`
  throw new CommandFailed(EXIT.usage, `'${text}' is no kind of object`, hint)
}

const kindArgument = (form: string): Argument =>
  new Argument(form, 'as in a configuration file')
    .choices(configurationKind.options)
    .argParser(kindOf)

interface ListFlags {
  readonly managedBy?: string
  readonly pending?: boolean
  readonly limit: string
}

function addList(object: Command): void {
  const command = object
    .command('list')
    .addArgument(kindArgument('[kind]'))
    .description('objects of the hub itself')
    .option('--managed-by <owner>', 'only of this owner')
    .option('--pending', 'only what waits for an apply')
    .option('--limit <n>', 'at most so many', '10000')
  withExamples(command, [
    ['parallax object list', 'all'],
    ['parallax object list hosts --managed-by git:shop', "one owner's hosts"],
    ['parallax object list --pending', 'what the next apply brings'],
  ])
  withFormat(withHubOptions(command)).action(
    async (kind: string | undefined, flags: ListFlags, self: Command) => {
      const { terminal, client, format, hasHeader } = hubCommand(self)
      const rows = await fetchObjects(client, kind, flags)
      const now = systemClock.now()
      const columns: readonly Column<ConfigurationObject>[] = [
        { title: 'KIND', text: (row) => row.kind },
        { title: 'NAME', text: (row) => row.name },
        { title: 'OWNER', text: (row) => row.managedBy },
        {
          title: 'PENDING',
          text: (row) => row.pending ?? '-',
          paint: (text, row) => (row.pending === null ? text : terminal.paint.yellow(text)),
        },
        { title: 'CHANGED', text: (row) => `${ageOf(row.changedAt, now)} ago by ${row.changedBy}` },
      ]
      const listing = {
        rows,
        columns,
        wideColumns: [],
        name: (row: ConfigurationObject) => `${row.kind} ${row.name}`,
        whenEmpty: 'no objects match; what is written in files is not listed here',
      }
      printListing(terminal, listing, { format, hasHeader })
    },
  )
}

async function fetchObjects(
  client: Client,
  kind: string | undefined,
  flags: ListFlags,
): Promise<ConfigurationObject[]> {
  const limit = countOf(flags.limit, '--limit', 1_000_000)
  const query = new URLSearchParams()
  if (kind !== undefined) query.set('kind', kind)
  if (flags.managedBy !== undefined) query.set('managedBy', flags.managedBy)
  if (flags.pending === true) query.set('pending', 'true')
  const rows: ConfigurationObject[] = []
  while (rows.length < limit) {
    query.set('limit', String(Math.min(PAGE, limit - rows.length)))
    const path = `/api/v1/configuration/objects?${query.toString()}`
    const page = await client.get(path, configurationObjects)
    rows.push(...page.objects)
    if (page.nextAfter === null || page.objects.length === 0) break
    query.set('after', page.nextAfter)
  }
  return rows
}

function addGetOne(object: Command): void {
  const command = object
    .command('get')
    .addArgument(kindArgument('<kind>'))
    .argument('<name>')
    .description('one object as YAML, to be changed and put back')
  withExamples(command, [
    ['parallax object get hosts web-01', 'what may stand in `object put -f`'],
    ['parallax object get hosts web-01 > web-01.yaml', 'to edit it'],
    ['parallax object get hosts web-01 -o json', 'with owner, and who changed it'],
  ])
  withFormat(withHubOptions(command)).action(
    async (kind: string, name: string, _flags: object, self: Command) => {
      const { terminal, client, format } = hubCommand(self)
      const found = await client.get(pathOf(kind, name), configurationObject)
      if (format !== 'table' && format !== 'wide') return printObject(terminal, found, format)
      const waits = found.pending === null ? 'active' : `${found.pending}, waits for an apply`
      terminal.data(
        `# ${found.kind} ${found.name} of ${found.managedBy}: ${waits}\n# changed by ${found.changedBy} at ${found.changedAt}`,
      )
      terminal.data(stringify(found.value).trimEnd())
    },
  )
}

interface PutFlags {
  readonly file?: string
  readonly value?: string
  readonly managedBy?: string
  readonly force?: boolean
}

function addPut(object: Command): void {
  const command = object
    .command('put')
    .addArgument(kindArgument('<kind>'))
    .argument('<name>')
    .description('make or change an object; active with the next apply')
    .option('-f, --file <path>', 'its value as YAML or JSON; - for standard input')
    .option('--value <yaml>', 'its value, in one line')
    .option('--managed-by <owner>', 'whose it is (default: api)')
    .option('--force', 'also when it belongs to another owner')
  withExamples(command, [
    ["parallax object put hosts web-01 --value '{ address: 192.0.2.1 }'", 'a host'],
    ['parallax object put apply http -f http.yaml', 'a rule'],
    ['parallax object get hosts web-01 | parallax object put hosts web-02 -f -', 'a copy'],
  ])
  withHubOptions(command).action(
    async (kind: string, name: string, flags: PutFlags, self: Command) => {
      const { terminal, client } = hubCommand(self)
      const body = {
        value: readObjectValue(kind, flags),
        ...(flags.managedBy === undefined ? {} : { managedBy: flags.managedBy }),
        ...(flags.force === true ? { force: true } : {}),
      }
      sayWaits(terminal, await client.put(pathOf(kind, name), body, configurationObject))
    },
  )
}

function addDelete(object: Command): void {
  const command = object
    .command('delete')
    .addArgument(kindArgument('<kind>'))
    .argument('<name>')
    .description('delete an object; it is gone with the next apply')
    .option('--managed-by <owner>', 'whose it is (default: api)')
    .option('--force', 'also when it belongs to another owner')
  withExamples(command, [
    ['parallax object delete hosts web-01', 'one host'],
    ['parallax plan', 'see what that takes with it'],
    ['parallax apply', 'make it so'],
  ])
  withHubOptions(command).action(
    async (kind: string, name: string, flags: PutFlags, self: Command) => {
      const { terminal, client } = hubCommand(self)
      const query = new URLSearchParams()
      if (flags.managedBy !== undefined) query.set('managedBy', flags.managedBy)
      if (flags.force === true) query.set('force', 'true')
      const path = `${pathOf(kind, name)}?${query.toString()}`
      sayWaits(terminal, await client.delete(path, configurationObject))
    },
  )
}

function sayWaits(terminal: Terminal, { kind, name, pending }: ConfigurationObject): void {
  terminal.say(
    pending === null
      ? `${kind} ${name} is as it is active: nothing waits`
      : `${kind} ${name}: ${pending}, waits for an apply; \`parallax plan\` shows what it brings`,
  )
}

/** @throws CommandFailed for the two names that no address can hold */
function pathOf(kind: string, name: string): string {
  if (name === '.' || name === '..')
    throw new CommandFailed(EXIT.usage, `'${name}' cannot be the name of an object`)
  return `/api/v1/configuration/objects/${kind}/${encodeURIComponent(name)}`
}
