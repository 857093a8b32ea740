import * as fc from 'fast-check'
import {
  directivesFrom,
  flag,
  inheritedListOf,
  listOf,
  oneOf,
  optionsOf,
  text,
  type Block,
  type Directive,
  type Pools,
} from './pools.ts'

const words = fc.constantFrom(
  '$USER1$/check_ping -H $HOSTADDRESS$ -w $ARG1$ -c $ARG2$',
  "/bin/sh -c 'true\\; echo $ARG1$'",
  '$USER1$/check_x "$SERVICEDESC$" \\\n  --more $_HOSTRACK$',
  '/bin/echo $$HOME $HOSTADDRESS:web-1$ a\\\\b',
  '$USER1$/check_y --first $ARG1$ \\\n\t\t--second',
)

/** A use of a command, with arguments that hold `!`, `;` and macros. */
export function commandUse({ commands }: Pools): fc.Arbitrary<string> {
  const argument = fc.constantFrom(
    '',
    '5',
    '100,10%',
    'one\\!bang',
    '$USER3$',
    'a\\;b',
    ' x y ',
    '-w "1 2"',
  )
  return fc
    .tuple(oneOf(commands), fc.array(argument, { maxLength: 4 }))
    .map(([name, given]) => [name, ...given].join('!'))
}

export function commandBlocks({ commands }: Pools): fc.Arbitrary<readonly Block[]> {
  return fc.tuple(
    ...commands.map((name) =>
      words.map((line): Block => ({
        type: 'command',
        directives: [
          ['command_name', name],
          ['command_line', line],
        ],
      })),
    ),
  )
}

function contactDirectives(all: Pools): Readonly<Record<string, fc.Arbitrary<string>>> {
  return {
    alias: text,
    contactgroups: inheritedListOf(all.contactGroups),
    email: fc.constantFrom('a@example.net', 'b@example.net; comment'),
    pager: fc.constantFrom('123', 'null'),
    address1: text,
    address6: text,
    host_notifications_enabled: flag,
    service_notifications_enabled: flag,
    host_notification_period: fc.oneof(oneOf(all.periods), fc.constant('null')),
    service_notification_period: oneOf(all.periods),
    host_notification_options: optionsOf('durfs'),
    service_notification_options: optionsOf('wucrfs'),
    host_notification_commands: listOf(all.commands),
    service_notification_commands: listOf(all.commands),
    can_submit_commands: flag,
    minimum_importance: fc.constantFrom('0', '7'),
    retain_status_information: flag,
    retain_nonstatus_information: flag,
    _mobile: text,
    _Pager_2: text,
  }
}

/** Contacts build on two templates; the last one says all that must be said. */
export function contactBlocks(all: Pools): fc.Arbitrary<readonly Block[]> {
  const known = contactDirectives(all)
  const base = fc
    .tuple(oneOf(all.periods), listOf(all.commands), optionsOf('durfs'), optionsOf('wucrfs'))
    .map(([period, commands, forHosts, forServices]): Block => ({
      type: 'contact',
      directives: [
        ['name', 'c-base'],
        ['host_notification_period', period],
        ['service_notification_period', period],
        ['host_notification_commands', commands],
        ['service_notification_commands', commands],
        ['host_notification_options', forHosts],
        ['service_notification_options', forServices],
        ['register', '0'],
      ],
    }))
  const second = directivesFrom(known, 5).map((directives): Block => ({
    type: 'contact',
    directives: [['name', 'c-more'], ...directives, ['register', '0']],
  }))
  const each = all.contacts.map((name) =>
    fc
      .tuple(fc.constantFrom('c-base', 'c-more,c-base', 'c-base,c-more'), directivesFrom(known, 6))
      .map(([use, directives]): Block => ({
        type: 'contact',
        directives: [['use', use], ['contact_name', name], ...directives],
      })),
  )
  return fc.tuple(base, second, ...each)
}

/** Groups hold contacts and the groups that come after them. */
export function contactGroupBlocks(all: Pools): fc.Arbitrary<readonly Block[]> {
  const { contacts, contactGroups } = all
  return fc.tuple(
    ...contactGroups.map((name, index) =>
      groupDirectives({
        members: fc.oneof(listOf(contacts), fc.constant('*')),
        contactgroup_members: contactGroups.slice(index + 1),
      }).map((directives): Block => ({
        type: 'contactgroup',
        directives: [['contactgroup_name', name], ...directives],
      })),
    ),
  )
}

/** `members`, groups as members where there are any to name, and an alias; each may be left out. */
export function groupDirectives(known: {
  readonly [name: string]: fc.Arbitrary<string> | readonly string[]
}): fc.Arbitrary<readonly Directive[]> {
  const drawn: Record<string, fc.Arbitrary<string>> = { alias: text }
  for (const [name, from] of Object.entries(known)) {
    if (from instanceof fc.Arbitrary) drawn[name] = from
    else if (from.length > 0) drawn[name] = listOf(from)
  }
  return directivesFrom(drawn, 3)
}
