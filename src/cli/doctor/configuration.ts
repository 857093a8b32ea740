import type { HubSettings } from '../../settings/settings.ts'
import { configurationPath, readConfiguration } from '../configuration.ts'
import { counted } from '../../base/words.ts'
import { fail, ok, type Finding } from './finding.ts'

export async function examineConfiguration(settings: HubSettings): Promise<Finding> {
  const path = configurationPath(settings.config)
  const { problems, fleet } = await readConfiguration(path)
  if (problems.length > 0)
    return fail(
      `configuration ${path} has ${counted(problems.length, 'fault')}`,
      `parallax validate ${path}`,
    )
  return ok(
    `configuration ${path}: ${counted(fleet.hosts.size, 'host')}, ${counted(fleet.services.size, 'service')}`,
  )
}
