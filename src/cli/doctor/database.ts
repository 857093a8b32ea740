import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describeServer } from '../../adapters/postgres/describe-server.ts'
import type { HubSettings } from '../../settings/settings.ts'
import { fail, ok, warn, type Finding } from './finding.ts'

/** A server that was named answers; the embedded one has been made, or will be. */
export async function examineDatabase({ databaseUrl, data }: HubSettings): Promise<Finding> {
  if (databaseUrl !== undefined) {
    try {
      return ok(`database server: ${await describeServer(databaseUrl)}`)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      return fail(
        `the database server does not answer: ${reason}`,
        'look at --database-url: address, user, password, and that the server runs',
      )
    }
  }
  const folder = join(data, 'postgres')
  if (existsSync(folder)) return ok(`embedded database in ${folder}`)
  return warn(
    `no embedded database yet in ${folder}`,
    'none needed: the first `parallax up` makes it',
  )
}
