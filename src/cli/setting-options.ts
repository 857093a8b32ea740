import type { Command } from 'commander'
import { SETTINGS, environmentName } from '../settings/settings.ts'

/** The program's settings as flags; values are read and judged by `readSettings`, wherever they come from. */
export function withSettings(command: Command): Command {
  for (const setting of SETTINGS) {
    command.option(
      `--${setting.flag} ${setting.argument}`,
      `${setting.description} (${environmentName(setting)})`,
    )
  }
  return command
}

/** What commander makes of the flags: camelCase names. */
export type SettingFlags = Readonly<Record<string, string | undefined>>

/** Back to the names of the flags, as `readSettings` wants them. */
export function settingFlags(flags: SettingFlags): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    SETTINGS.map(({ flag }) => [
      flag,
      flags[flag.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())],
    ]),
  )
}
