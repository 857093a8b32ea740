import { didYouMean, type Place, type Problem } from '../problem.ts'
import type { NagiosResource } from './objects.ts'
import { OTHER_VARIABLES } from './other-variables.ts'
import { DEFAULT_SETTINGS, SETTING_VARIABLES, settingOf, type NagiosSettings } from './settings.ts'

/** `$USER1$` to `$USER256$` */
const RESOURCES_MAX = 256

/** A file or folder that a main file names, in its order. */
export interface NamedFile {
  readonly kind: 'file' | 'folder' | 'resources'
  /** As written; relative to the folder of the main file. */
  readonly path: string
  readonly place: Place
}

export interface MainFile {
  readonly settings: NagiosSettings
  readonly named: readonly NamedFile[]
  /** Where commands that a setting names are written, by setting. */
  readonly places: ReadonlyMap<keyof NagiosSettings, Place>
  readonly problems: readonly Problem[]
  readonly warnings: readonly Problem[]
}

const FILES: Readonly<Record<string, NamedFile['kind']>> = {
  cfg_file: 'file',
  xodtemplate_config_file: 'file',
  cfg_dir: 'folder',
  xodtemplate_config_dir: 'folder',
  resource_file: 'resources',
}

/** Whether a text is a main file (`nagios.cfg`) and no file of objects: it says so in a line that is no comment. */
export function isMainFile(text: string): boolean {
  if (/^[ \t]*define[ \t{]/m.test(text)) return false
  return /^[ \t]*[a-z_]+[ \t]*=/m.test(text) && !/^[ \t]*include_(file|dir)/m.test(text)
}

export function parseMainFile(file: string, text: string): MainFile {
  const settings: Record<string, unknown> = { ...DEFAULT_SETTINGS }
  const named: NamedFile[] = []
  const places = new Map<keyof NagiosSettings, Place>()
  const problems: Problem[] = []
  const warnings: Problem[] = []
  for (const { name, value, place } of variablesIn(file, text, problems)) {
    const kind = Object.hasOwn(FILES, name) ? FILES[name] : undefined
    const known = Object.hasOwn(SETTING_VARIABLES, name) ? SETTING_VARIABLES[name] : undefined
    if (kind !== undefined) named.push({ kind, path: value, place })
    else if (known !== undefined) {
      const read = settingOf(known[1], value)
      if ('fault' in read) {
        problems.push({ ...place, message: `'${name}' ${read.fault}`, hint: undefined })
      } else {
        settings[known[0]] = read.value
        places.set(known[0], place)
      }
    } else if (!OTHER_VARIABLES.has(name)) {
      const hint = didYouMean(name, [...Object.keys(FILES), ...Object.keys(SETTING_VARIABLES)])
      const message = `unknown variable '${name.slice(0, 60)}'; it is passed over`
      warnings.push({ ...place, message, hint })
    }
  }
  return { settings: settings as unknown as NagiosSettings, named, places, problems, warnings }
}

interface Variable {
  readonly name: string
  readonly value: string
  readonly place: Place
}

function* variablesIn(file: string, text: string, problems: Problem[]): Iterable<Variable> {
  for (const [index, line] of text.split('\n').entries()) {
    const trimmed = line.trim()
    if (trimmed === '' || trimmed.startsWith('#')) continue
    const equals = trimmed.indexOf('=')
    const name = (equals < 0 ? trimmed : trimmed.slice(0, equals)).trim()
    const value = equals < 0 ? '' : trimmed.slice(equals + 1).trim()
    const at = line.indexOf('=') + 1
    const blanks = at === 0 ? 0 : line.length - at - line.slice(at).trimStart().length
    const place = {
      file,
      line: index + 1,
      column: (at === 0 ? line.search(/\S/) : at + blanks) + 1,
    }
    if (value !== '') yield { name, value, place }
    else {
      const message = `'${name.slice(0, 60)}' has no value`
      problems.push({ ...place, message, hint: 'write name=value' })
    }
  }
}

export interface ResourceFile {
  readonly resources: readonly NagiosResource[]
  readonly problems: readonly Problem[]
  readonly warnings: readonly Problem[]
}

/** `$USER1$=/usr/lib/nagios/plugins`. Later ones of the same name count. */
export function parseResourceFile(file: string, text: string): ResourceFile {
  const resources: NagiosResource[] = []
  const problems: Problem[] = []
  const warnings: Problem[] = []
  for (const { name, value, place } of variablesIn(file, withoutSemicolons(text), problems)) {
    const number = Number(/^\$USER(\d{1,4})\$$/.exec(name)?.[1] ?? 0)
    if (number >= 1 && number <= RESOURCES_MAX) {
      resources.push({ name: `USER${number}`, value, ...place })
    } else {
      const message = `'${name.slice(0, 60)}' is no resource; it is passed over`
      warnings.push({ ...place, message, hint: 'write $USER1$=value, up to $USER256$' })
    }
  }
  return { resources, problems, warnings }
}

/** In resource files a line that begins with `;` is a comment too. */
function withoutSemicolons(text: string): string {
  return text.replaceAll(/^[ \t]*;.*$/gm, '')
}
