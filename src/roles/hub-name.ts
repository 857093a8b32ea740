import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { NODE_NAME } from '../domain/cluster.ts'

const FILE = 'hub-name'

/** As it was told, or was restored, or the first label of the machine's name; `hub` where that cannot be a name here. */
export function hubNameOf(told: string | undefined, data: string): string {
  return told ?? keptHubName(data) ?? machineName()
}

/** A hub that was restored keeps the name that it was given then. */
export async function keepHubName(data: string, name: string): Promise<void> {
  await writeFile(join(data, FILE), `${name}\n`, { mode: 0o644 })
}

function keptHubName(data: string): string | undefined {
  try {
    const name = readFileSync(join(data, FILE), 'utf8').trim()
    return NODE_NAME.test(name) ? name : undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function machineName(): string {
  const label = hostname().split('.')[0]?.toLowerCase() ?? ''
  return NODE_NAME.test(label) ? label : 'hub'
}
