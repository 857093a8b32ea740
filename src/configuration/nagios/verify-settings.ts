import type { MainFile } from './main-file.ts'
import type { NagiosObjects } from './objects.ts'
import type { Resolution } from './resolution.ts'

const COMMAND_SETTINGS = [
  'globalHostEventHandler',
  'globalServiceEventHandler',
  'ocspCommand',
  'ochpCommand',
] as const

/** Commands that the main file names must be defined. */
export function checkSettings(
  { settings, problems, budget }: Resolution,
  { commands }: NagiosObjects,
  main: MainFile | undefined,
): void {
  for (const setting of COMMAND_SETTINGS) {
    const line = settings[setting]
    const place = main?.places.get(setting)
    if (line === undefined || place === undefined) continue
    const [name = ''] = line.split('!')
    if (!commands.has(name)) {
      problems.add(place, `unknown command '${name}'`, budget.hint(name, commands.keys()))
    }
  }
}
