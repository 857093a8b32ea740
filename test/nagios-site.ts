import { readNagiosTexts } from '../src/configuration/nagios/read.ts'
import type { NagiosReading, NagiosService } from '../src/configuration/nagios/objects.ts'
import type { NagiosSettings } from '../src/configuration/nagios/settings.ts'
import { renderProblem } from '../src/configuration/problem.ts'

/** The least that Nagios accepts: two hosts, `h2` with the service `base`; templates `tpl` of hosts and `stpl` of services. */
const BASE = `
define timeperiod {
  timeperiod_name tp
  alias tp
  monday 00:00-24:00
}
define command {
  command_name c
  command_line /bin/c $ARG1$
}
define contact {
  contact_name me
  host_notification_period tp
  service_notification_period tp
  host_notification_commands c
  service_notification_commands c
}
define host {
  name tpl
  max_check_attempts 2
  check_period tp
  notification_period tp
  notification_interval 5
  check_command c
  contacts me
  register 0
}
define service {
  name stpl
  max_check_attempts 2
  check_period tp
  check_command c
  register 0
}
define host {
  use tpl
  host_name h1
}
define host {
  use tpl
  host_name h2
}
define service {
  use stpl
  host_name h2
  service_description base
}
`

/** The base and, in a file of its own called `site.cfg`, what a test adds: its lines are counted from 1. */
export function readSite(text: string, settings: Partial<NagiosSettings> = {}): NagiosReading {
  return readNagiosTexts(
    [
      { file: 'base.cfg', text: BASE },
      { file: 'site.cfg', text },
    ],
    settings,
  )
}

/** As `readSite`; what is wrong makes the test fail. */
export function soundSite(text: string, settings: Partial<NagiosSettings> = {}): NagiosReading {
  const reading = readSite(text, settings)
  if (reading.problems.length > 0) throw new Error(problemsOf(reading).join('\n'))
  return reading
}

export function problemsOf({ problems }: NagiosReading): readonly string[] {
  return problems.map(renderProblem)
}

export function warningsOf({ warnings }: NagiosReading): readonly string[] {
  return warnings.map(renderProblem)
}

/** `host/service` of all services but the base's, with their check commands. */
export function commandsOf({ objects }: NagiosReading): Readonly<Record<string, string>> {
  return Object.fromEntries(
    objects.services
      .filter(({ description }) => description !== 'base')
      .map(({ hostName, description, values }) => [
        `${hostName}/${description}`,
        values.checkCommand ?? '',
      ]),
  )
}

export function serviceOf({ objects }: NagiosReading, host: string, name: string): NagiosService {
  const found = objects.services.find(
    ({ hostName, description }) => hostName === host && description === name,
  )
  if (found === undefined) throw new Error(`no service '${name}' on '${host}'`)
  return found
}
