import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The folder of recorded truth: `PARALLAX_FIXTURES`, or the repository's own. */
export const fixtureFolder =
  process.env['PARALLAX_FIXTURES'] ?? join(import.meta.dirname, 'fixtures')

export interface FixtureFile<T> {
  readonly path: string
  readonly content: T
}

/** Every JSON file below the folder whose content has one of these keys: the form decides, not the name. */
export function fixtureFiles<T>(...keys: readonly string[]): FixtureFile<T>[] {
  const files: FixtureFile<T>[] = []
  for (const name of readdirSync(fixtureFolder, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!name.endsWith('.json')) continue
    const content: unknown = JSON.parse(readFileSync(join(fixtureFolder, name), 'utf8'))
    if (typeof content !== 'object' || content === null) continue
    if (keys.some((key) => key in content)) files.push({ path: name, content: content as T })
  }
  return files
}
