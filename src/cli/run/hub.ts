import { startHub } from '../../roles/hub.ts'
import type { HubSettings } from '../../settings/settings.ts'
import { runHubProgram } from './hub-program.ts'

/** A hub in this process, until a signal comes or a part fails. */
export function hub(settings: HubSettings): Promise<void> {
  return runHubProgram(settings, startHub)
}
