import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { objectsAsNagios } from '../../src/configuration/nagios/as-nagios.ts'
import { readNagios } from '../../src/configuration/nagios/read.ts'
import { renderProblem } from '../../src/configuration/problem.ts'
import { nagiosVerdict } from '../nagios-generator/nagios-verdict.ts'
import { differencesOf, type CachedObjects } from '../nagios-generator/object-cache.ts'

const MAIN_FILE = '/etc/nagios4/nagios.cfg'
const PLUGIN_COMMANDS = '/etc/nagios-plugins/config'

beforeAll(() => {
  for (const path of [MAIN_FILE, `${PLUGIN_COMMANDS}/ping.cfg`, `${PLUGIN_COMMANDS}/redis.cfg`]) {
    if (!existsSync(path)) throw new Error(`${path} is missing: run scripts/test-packages.sh`)
  }
})

const folder = mkdtempSync(join(tmpdir(), 'parallax-debian-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The sample as Debian installs it, with a place of its own for what Nagios writes. */
function copiedSite(more: readonly string[] = []): string {
  const main = join(folder, `${more.length}.cfg`)
  const lines = [
    `cfg_dir=${PLUGIN_COMMANDS}`,
    ...['commands', 'contacts', 'timeperiods', 'templates', 'localhost', ...more].map(
      (name) => `cfg_file=/etc/nagios4/objects/${name}.cfg`,
    ),
    ...['log_file', 'object_cache_file', 'precached_object_file', 'status_file', 'lock_file'].map(
      (name) =>
        `${name}=${join(folder, name === 'precached_object_file' ? 'objects.precache' : name)}`,
    ),
    `temp_file=${join(folder, 'temp')}`,
    `temp_path=${folder}`,
    `check_result_path=${folder}`,
    `command_file=${join(folder, 'commands')}`,
    'nagios_user=root',
    'nagios_group=root',
    'illegal_macro_output_chars=`~$&|',
    'illegal_object_name_chars=`~!$%^&*|\'"<>?,()=',
  ]
  writeFileSync(main, `${lines.join('\n')}\n`)
  return main
}

describe('[NG47] what Debian installs', () => {
  test('the sample configuration has no problems and no warnings', async () => {
    const reading = await readNagios(MAIN_FILE)
    expect(reading.problems.map(renderProblem)).toEqual([])
    expect(reading.warnings.map(renderProblem)).toEqual([])
    expect([...reading.objects.hosts.keys()]).toEqual(['localhost'])
    expect(reading.objects.services).toHaveLength(8)
    expect(reading.resources.get('USER1')?.value).toBe('/usr/lib/nagios/plugins')
    expect(reading.settings.enableFlapDetection).toBe(true)
  })

  test('every command of the packages of plugins is there', async () => {
    const { objects } = await readNagios(MAIN_FILE)
    const files = readdirSync(PLUGIN_COMMANDS).filter((name) => name.endsWith('.cfg'))
    const used = new Set(
      [...objects.commands.values()].map(({ definition }) => definition.written.file),
    )
    for (const name of files) expect(used, name).toContain(join(PLUGIN_COMMANDS, name))
    expect(objects.commands.get('check_ping')?.commandLine).toContain('check_ping -H')
  })

  test('with all samples every object is the one that Nagios makes of them', async () => {
    const main = copiedSite(['printer', 'switch', 'windows'])
    const verdict = await nagiosVerdict(main)
    if (verdict.kind !== 'accepted') throw new Error(verdict.printed)
    const reading = await readNagios(main)
    expect(reading.problems.map(renderProblem)).toEqual([])
    expect(reading.objects.hosts.size).toBe(4)
    expect(differencesOf(verdict.objects, objectsAsNagios(reading) as CachedObjects)).toEqual([])
  })

  test('the folder of objects alone says what is missing, with its place', async () => {
    cpSync('/etc/nagios4/objects', join(folder, 'objects'), { recursive: true })
    const { problems } = await readNagios(join(folder, 'objects'))
    expect(problems.map(renderProblem).join('\n')).toContain("unknown command 'check_ping'")
  })
})
