import type { HubSettings } from '../../settings/settings.ts'
import { configurationPath, readConfiguration } from '../configuration.ts'
import { fail, ok, type Finding } from './finding.ts'

export async function examineConfiguration(settings: HubSettings): Promise<Finding> {
  const path = configurationPath(settings.config)
  const { problems, fleet } = await readConfiguration(path)
  if (problems.length > 0)
    return fail(`configuration ${path} has ${problems.length} faults`, `parallax validate ${path}`)
  return ok(`configuration ${path}: ${fleet.hosts.size} hosts, ${fleet.services.size} services`)
}
