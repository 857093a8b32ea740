import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PackageReading } from './yaml/read-definitions.ts'

const FOLDER = fileURLToPath(new URL('../../templates/', import.meta.url))
const ENDING = '.yaml'

/** The packages of templates that ship with Parallax. */
export function shippedPackages(): PackageReading {
  const names = readdirSync(FOLDER)
    .filter((file) => file.endsWith(ENDING))
    .map((file) => file.slice(0, -ENDING.length))
    .sort()
  return {
    names,
    read(name) {
      const file = join(FOLDER, `${name}${ENDING}`)
      return { file, text: readFileSync(file, 'utf8') }
    },
  }
}
