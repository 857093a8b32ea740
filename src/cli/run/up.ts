import { startUp } from '../../roles/up.ts'
import type { HubSettings } from '../../settings/settings.ts'
import { runHubProgram } from './hub-program.ts'

/** Hub and collector in this process, until a signal comes or a part fails. */
export function up(settings: HubSettings): Promise<void> {
  return runHubProgram(settings, startUp)
}
