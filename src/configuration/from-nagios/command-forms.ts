import { parseCheckCommand } from '../check-command.ts'
import type { NagiosHost, NagiosReading, NagiosService } from '../nagios/objects.ts'
import { put } from './definitions.ts'
import type { Forms } from './forms.ts'

/** Commands; `unknownMacros: literal` only for those in whose calls a macro is none. */
export function addCommands({ objects }: NagiosReading, { into, known }: Forms): void {
  const lenient = new Set<string>()
  const look = (
    call: string | undefined,
    host: NagiosHost | undefined,
    service?: NagiosService,
  ): void => {
    if (call === undefined || host === undefined) return
    const called = parseCheckCommand(call)
    if (called?.kind !== 'named' || lenient.has(called.name)) return
    const line = objects.commands.get(called.name)?.commandLine
    if (line !== undefined && !known.areAllKnown([line, ...called.arguments], host, service))
      lenient.add(called.name)
  }
  for (const host of objects.hosts.values()) {
    look(host.values.checkCommand, host)
    look(host.values.eventHandler, host)
  }
  for (const service of objects.services) {
    const host = objects.hosts.get(service.hostName)
    look(service.values.checkCommand, host, service)
    look(service.values.eventHandler, host, service)
  }
  for (const contact of objects.contacts.values()) {
    for (const call of [...contact.hosts.commands, ...contact.services.commands]) {
      const called = parseCheckCommand(call)
      if (called?.kind !== 'named') continue
      const line = objects.commands.get(called.name)?.commandLine
      if (line !== undefined && !known.areAllKnownOf(contact, [line, ...called.arguments]))
        lenient.add(called.name)
    }
  }
  for (const { name, commandLine, definition } of objects.commands.values()) {
    const unknownMacros = lenient.has(name) ? 'literal' : undefined
    put(into, 'commands', { name, value: { line: commandLine, unknownMacros }, from: definition })
  }
}
