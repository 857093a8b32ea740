import { PLUGINS, type PeerFleet } from './peers/peer.ts'

/** The same fleet as a Parallax configuration: one apply rule per service, as an operator would write it. */
export function yamlOf(fleet: PeerFleet, builtins: Readonly<Record<string, string>> = {}): string {
  const names = ['host', ...fleet.services.map(([name]) => name)]
  const commandOf = (name: string): string => builtins[name] ?? `${name}_command`
  const lines = ['commands:']
  for (const [name, command] of [['host', fleet.hostCommand] as const, ...fleet.services]) {
    if (builtins[name] === undefined)
      lines.push(`  ${name}_command: { line: '${PLUGINS}/${command}' }`)
  }
  if (names.every((name) => builtins[name] !== undefined)) lines[0] = '{}'
  const timing = (name: string): string =>
    `checkInterval: ${fleet.intervalSeconds}s, retryInterval: ${fleet.intervalSeconds}s, maxCheckAttempts: 3, checkCommand: ${fleet.isActive ? commandOf(name) : 'passive'}`
  const head = lines[0] === '{}' ? [] : lines
  return [
    ...head,
    'hosts:',
    ...Array.from(
      { length: fleet.hosts },
      (_, n) => `  h${n}: { address: 127.0.0.1, ${timing('host')} }`,
    ),
    'apply:',
    ...fleet.services.map(
      ([name]) => `  ${name}: { where: { host: '*' }, service: { ${timing(name)} } }`,
    ),
    '',
  ].join('\n')
}
