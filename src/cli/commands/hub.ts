import type { Command } from 'commander'
import { environment } from '../../settings/environment.ts'
import { readSettings } from '../../settings/settings.ts'
import { withExamples } from '../command.ts'
import { addHubCompare } from './hub-compare.ts'
import { settingFlags, withSettings, type SettingFlags } from '../setting-options.ts'

export function addHub(program: Command): void {
  const command = program
    .command('hub')
    .description('run a hub: collectors on other machines check, it decides')
  withExamples(command, [
    [
      'parallax hub --config /etc/parallax --bus-listen 0.0.0.0:4222 --bus-address hub.example.org',
      'collectors connect to hub.example.org:4222',
    ],
    ['parallax hub --name hub-b --data /var/lib/parallax-b', 'a second, autonomous hub'],
  ])
  withSettings(command, 'hub').action(async (flags: SettingFlags) => {
    const settings = readSettings(settingFlags(flags), environment())
    const { hub } = await import('../run/hub.ts') // half a second of modules that other commands do without
    await hub(settings)
  })
  addHubCompare(command)
}
