import type { Command } from 'commander'
import { environment } from '../../settings/environment.ts'
import { readSettings } from '../../settings/settings.ts'
import { withExamples } from '../command.ts'
import { settingFlags, withSettings, type SettingFlags } from '../setting-options.ts'

export function addDoctor(program: Command): void {
  const command = program
    .command('doctor')
    .description('look for what would keep Parallax from working on this machine')
  withExamples(command, [
    ['parallax doctor', 'this machine with its defaults'],
    ['parallax doctor --config parallax.yaml', 'and this configuration'],
    ['parallax doctor --database-url postgres://...', 'and this database'],
  ])
  withSettings(command, 'up').action(async (flags: SettingFlags) => {
    const settings = readSettings(settingFlags(flags), environment())
    const { doctor } = await import('../run/doctor.ts')
    await doctor(settings)
  })
}
