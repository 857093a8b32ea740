import type { Command } from 'commander'
import { SETTINGS, type ProgramName } from '../settings/setting-list.ts'
import { environmentName } from '../settings/settings.ts'

/** The settings of one program as flags; values are read and judged by `readSettings`, wherever they come from. */
export function withSettings(command: Command, program: ProgramName): Command {
  for (const setting of SETTINGS) {
    if (!(setting.of ?? ['up', 'hub']).includes(program)) continue
    command.option(
      `--${setting.flag} ${setting.argument}`,
      `${setting.description} (${environmentName(setting)})`,
    )
  }
  return command.option('--no-watchdog', 'the same as --watchdog no')
}

/** What commander makes of the flags: camelCase names. */
export type SettingFlags = Readonly<Record<string, string | false | undefined>>

/** Back to the names of the flags, as `readSettings` wants them. */
export function settingFlags(flags: SettingFlags): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    SETTINGS.map(({ flag }) => {
      const value = flags[flag.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())]
      return [flag, value === false ? 'no' : value]
    }),
  )
}
