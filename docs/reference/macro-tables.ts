import { instant } from '../../src/base/instant.ts'
import { createLastResults } from '../../src/collector/last-results.ts'
import { runtimeMacros } from '../../src/collector/runtime-macros.ts'
import { GROUP_MACROS } from '../../src/configuration/group-macros.ts'
import {
  CONTACT_MACROS,
  HOST_MACROS,
  PROGRAM_MACROS,
  SERVICE_MACROS,
} from '../../src/configuration/object-macros.ts'
import { serviceCheckId } from '../../src/domain/check-id.ts'
import type { Check } from '../../src/domain/check.ts'
import { RUNTIME_MACROS } from '../../src/domain/macros.ts'

/** The macros that the code knows, as the reference shows them. */
export function macroTables(): string {
  const run = [...RUNTIME_MACROS]
  const filled = new Set([...collectorMacros(), 'ISVALIDTIME', 'NEXTVALIDTIME'])
  const groups = (kind: string): string[] =>
    GROUP_MACROS.filter((name) => name.startsWith(kind) && !name.endsWith('GROUPNAME'))
  const rows: readonly (readonly [readonly string[], string])[] = [
    [Object.keys(HOST_MACROS), 'the host, as it is written'],
    [Object.keys(SERVICE_MACROS), 'the service, as it is written; empty in the check of a host'],
    [
      Object.keys(CONTACT_MACROS).filter((name) => !name.includes('GROUP')),
      'the contact, in commands that notify it; empty elsewhere',
    ],
    [
      [...groups('HOST'), ...groups('SERVICE')],
      "the object's first group, which is the last by name",
    ],
    [
      ['CONTACTGROUPNAME', 'CONTACTGROUPNAMES', ...groups('CONTACT')],
      "the contact's first group, and all of them",
    ],
    [PROGRAM_MACROS, 'what `resources` say under that name; empty without'],
    [run.filter((name) => filled.has(name)), 'what only a run knows, filled by the collector'],
    [
      run.filter((name) => !filled.has(name)),
      'what only the hub knows, of a change of state or a notification; empty in checks',
    ],
  ]
  const lines = rows.map(([names, meaning]) => `- ${meaning}:\n${shown(names)}`)
  return `Every standard macro of Nagios is known in every command. One that is not, such as a misspelt one, is a problem, unless the command says
\`unknownMacros: literal\`.

${lines.join('\n')}

| macro | stands for |
| --- | --- |
| \`$_HOSTNAME$\` \`$_SERVICENAME$\` \`$_CONTACTNAME$\` | the custom variable NAME of host, service or contact |
| \`$ARG1$\` to \`$ARG32$\` | arguments of the command; one that is not given is empty |
| \`$USER1$\` and other names in capitals | [resources](#resources) and [secrets](#secrets) |
| \`$ITEM$\` | the item of a \`forEach\` rule |
| \`$PARALLAXURL$\` | address of the console of Parallax itself |
| \`$$\` | a dollar |

With a name behind a colon a macro asks another object:

| macro | stands for |
| --- | --- |
| \`$HOSTADDRESS:web-01$\` \`$_HOSTRACK:web-01$\` \`$HOSTSTATE:web-01$\` | the same of another host |
| \`$SERVICEDESC:web-01:ssh$\` \`$SERVICESTATE:web-01:ssh$\` \`$SERVICESTATE::ssh$\` | of another service; without a host, of this one |
| \`$CONTACTEMAIL:ann$\` | of a contact |
| \`$HOSTGROUPMEMBERS:web$\` \`$SERVICEGROUPALIAS:shop$\` \`$CONTACTGROUPMEMBERS:operators$\` | of a group |
| \`$HOSTSTATEID:web:,$\` \`$SERVICESTATEID:shop:,$\` \`$CONTACTEMAIL:operators:,$\` | of each member of a group, with the text behind the second colon between them |
| \`$ISVALIDTIME:office-hours$\` \`$NEXTVALIDTIME:office-hours$\` | 1 or 0; when the period is on next, in seconds since 1970 |`
}

const NAMES_ON_A_LINE = 6

function shown(names: readonly string[]): string {
  const written = [...new Set(names)].map((name) => `\`$${name}$\``)
  const count = Math.ceil(written.length / NAMES_ON_A_LINE)
  return Array.from({ length: count }, (_, line) =>
    written.slice(line * NAMES_ON_A_LINE, (line + 1) * NAMES_ON_A_LINE).join(' '),
  )
    .map((line) => `  ${line}`)
    .join('\n')
}

/** What a collector fills in for a service that it has seen. */
function collectorMacros(): readonly string[] {
  const at = instant(0)
  const id = serviceCheckId('h', 's')
  const check: Check = {
    id,
    hostName: 'h',
    serviceName: 's',
    intervalMs: 1000,
    retryIntervalMs: 1000,
    maxAttempts: 1,
    timeoutMs: 1000,
    period: undefined,
    command: { kind: 'shell-line', line: '', hasRuntimeMacros: true, environment: {} },
  }
  const results = createLastResults()
  results.watch([check])
  const outcome = { kind: 'exited', code: 0, output: '', longOutput: '', perfdata: '' } as const
  const times = { dueAt: at, startedAt: at, finishedAt: at }
  results.note({ checkId: id, origin: 'scheduled', ...times, outcome })
  const object = () => ({ code: 0, failures: 0, maxAttempts: 1, last: results.of(id) }) as const
  return Object.keys(runtimeMacros(check, { object, calendars: new Map() }, at))
}
