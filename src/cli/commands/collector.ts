import type { Command } from 'commander'
import { environment } from '../../settings/environment.ts'
import { readSettings } from '../../settings/settings.ts'
import { withExamples } from '../command.ts'
import { addCollectorEnrolment } from './collector-enrolment.ts'
import { addCollectorOrders } from './collector-orders.ts'
import { settingFlags, withSettings, type SettingFlags } from '../setting-options.ts'

export function addCollector(program: Command): void {
  const command = program
    .command('collector')
    .description('run a collector of a cluster, on a machine that has joined')
  withExamples(command, [
    ['parallax collector', 'run it as what it joined'],
    ['parallax collector --data /var/lib/parallax-east', 'one of several on a machine'],
  ])
  withSettings(command, 'collector').action(async (flags: SettingFlags) => {
    const settings = readSettings(settingFlags(flags), environment())
    const { collector } = await import('../run/collector.ts') // other commands do without its modules
    await collector(settings)
  })
  addCollectorEnrolment(command)
  addCollectorOrders(command)
}
