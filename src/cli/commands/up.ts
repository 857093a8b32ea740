import type { Command } from 'commander'
import { environment } from '../../settings/environment.ts'
import { readSettings } from '../../settings/settings.ts'
import { withExamples } from '../command.ts'
import { settingFlags, withSettings, type SettingFlags } from '../setting-options.ts'

export function addUp(program: Command): void {
  const command = program.command('up').description('run hub and collector in one process')
  withExamples(command, [
    ['parallax up', 'this machine, with the starter configuration'],
    ['parallax up --config /etc/parallax', 'a folder of YAML files'],
    ['parallax up --config /etc/nagios4/nagios.cfg', 'the files of a Nagios'],
    [
      'parallax up --listen 0.0.0.0:8470 --database-url postgres://parallax@db/parallax',
      'for others, with a database server',
    ],
  ])
  withSettings(command, 'up').action(async (flags: SettingFlags) => {
    const settings = readSettings(settingFlags(flags), environment())
    const { up } = await import('../run/up.ts') // half a second of modules that other commands do without
    await up(settings)
  })
}
