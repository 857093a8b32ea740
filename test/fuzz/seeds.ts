import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { STARTER_PATH } from '../../src/configuration/load.ts'
import { configurations, filesOf } from '../nagios-generator/configurations.ts'

/** Which reader a text is for. */
export type Language = 'nagios' | 'yaml'

export interface Seed {
  readonly language: Language
  readonly name: string
  readonly text: string
}

const ROOT = join(import.meta.dirname, '..', '..')

/** Every configuration that stands in the repository: fixtures, starter, templates, examples in the documents; some generated ones. */
export function readSeeds(): readonly Seed[] {
  return [...yamlSeeds(), ...nagiosSeeds()]
}

function yamlSeeds(): readonly Seed[] {
  const files = [
    STARTER_PATH,
    ...filesBelow(join(ROOT, 'templates'), '.yaml'),
    ...filesBelow(import.meta.dirname, '.yaml'),
  ]
  const documents = [join(ROOT, 'README.md'), ...filesBelow(join(ROOT, 'docs'), '.md')]
  const examples = documents.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/^```ya?ml\n([^]*?)^```/gm)].map((found, index) => ({
      name: `${file.slice(ROOT.length + 1)}#${index + 1}`,
      text: found[1] as string,
    })),
  )
  return [
    ...files.map((file) => ({
      name: file.slice(ROOT.length + 1),
      text: readFileSync(file, 'utf8'),
    })),
    ...examples,
  ].map((seed) => ({ language: 'yaml', ...seed }))
}

const MAIN_FILE = {
  name: 'nagios.cfg',
  text: `# a main file
log_file=/var/log/nagios.log
cfg_file=objects/commands.cfg
cfg_dir=/etc/nagios/servers
resource_file=resource.cfg
use_regexp_matching=1
interval_length=60
low_service_flap_threshold=5.0
service_check_timeout_state=c
illegal_object_name_chars=\`~!$%^&*|'"<>?,()=
date_format=iso8601
global_host_event_handler=restart!$HOSTNAME$
`,
}

interface Verdicts {
  readonly base: string
  readonly cases: readonly { readonly name: string; readonly definitions: string }[]
}

function nagiosSeeds(): readonly Seed[] {
  const fixtures = join(ROOT, 'test/fixtures/nagios')
  const sets = ['small', 'tricky', 'medium'].flatMap((set) => {
    const files = filesBelow(join(fixtures, set), '.cfg')
    const texts = files.map((file) => readFileSync(file, 'utf8'))
    const parts = files.map((file, index) => ({
      name: file.slice(ROOT.length + 1),
      text: texts[index] as string,
    }))
    return set === 'medium' ? parts : [...parts, { name: set, text: texts.join('\n') }]
  })
  const verdicts = JSON.parse(readFileSync(join(fixtures, 'verdicts.json'), 'utf8')) as Verdicts
  const cases = verdicts.cases.map(({ name, definitions }) => ({
    name: `verdict: ${name}`,
    text: `${verdicts.base}${definitions}\n`,
  }))
  const generated = fc.sample(configurations, { seed: 7, numRuns: 20 }).map((drawn, index) => ({
    name: `generated ${index}`,
    text: filesOf({ ...drawn, fileCount: 1 })
      .files.map(([, text]) => text)
      .join('\n'),
  }))
  return [MAIN_FILE, ...sets, ...cases, ...generated].map((seed) => ({
    language: 'nagios',
    ...seed,
  }))
}

function filesBelow(folder: string, ending: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => join(folder, name))
}
