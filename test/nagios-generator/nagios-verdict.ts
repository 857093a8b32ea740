import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseObjectCache, type CachedObjects } from './object-cache.ts'

const NAGIOS = '/usr/sbin/nagios4'

/** A configuration as files: names below its folder and their texts, in the order in which the main file names them. */
export interface NagiosFiles {
  readonly settings: readonly string[]
  readonly files: readonly (readonly [name: string, text: string])[]
}

export type NagiosVerdict =
  | { readonly kind: 'accepted'; readonly objects: CachedObjects; readonly printed: string }
  | { readonly kind: 'refused'; readonly printed: string }
  | { readonly kind: 'crashed'; readonly printed: string }

/** Writes the files and a main file that names them; the path of that. */
export function writeNagiosFiles(folder: string, { settings, files }: NagiosFiles): string {
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of files) writeFileSync(join(folder, name), text)
  const place = (key: string, name: string): string => `${key}=${join(folder, name)}`
  const main = [
    ...files.map(([name]) => place('cfg_file', name)),
    place('log_file', 'nagios.log'),
    place('object_cache_file', 'objects.cache'),
    place('precached_object_file', 'objects.precache'),
    place('status_file', 'status.dat'),
    place('command_file', 'nagios.cmd'),
    place('lock_file', 'nagios.pid'),
    place('temp_file', 'nagios.tmp'),
    `temp_path=${folder}`,
    `check_result_path=${folder}`,
    'nagios_user=root',
    'nagios_group=root',
    'illegal_macro_output_chars=`~$&|\'"<>',
    ...settings,
  ]
  const path = join(folder, 'nagios.cfg')
  writeFileSync(path, `${main.join('\n')}\n`)
  return path
}

/** What `nagios4 -vp` says of a main file: its exit status, and the objects that it writes when it accepts them. */
export function nagiosVerdict(mainFile: string): Promise<NagiosVerdict> {
  if (!existsSync(NAGIOS))
    throw new Error(`${NAGIOS} is missing: apt-get install --no-install-recommends nagios4-core`)
  const folder = dirname(mainFile)
  // Where it crashes, it leaves its core in its own folder.
  const options = { encoding: 'latin1', maxBuffer: 1 << 24, timeout: 30_000, cwd: folder } as const
  return new Promise((resolve) => {
    execFile(NAGIOS, ['-vp', mainFile], options, (error, printed) => {
      const cache = join(folder, 'objects.precache')
      if (error === null)
        resolve({
          kind: 'accepted',
          objects: parseObjectCache(readFileSync(cache, 'utf8')),
          printed,
        })
      else resolve({ kind: typeof error.code === 'number' ? 'refused' : 'crashed', printed })
    })
  })
}
