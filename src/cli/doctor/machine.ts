import { execFile } from 'node:child_process'
import { accessSync, constants, existsSync, mkdirSync, readFileSync, statfsSync } from 'node:fs'
import { lookup } from 'node:dns/promises'
import { hostname } from 'node:os'
import process from 'node:process'
import { promisify } from 'node:util'
import { fail, ok, warn, type Finding } from './finding.ts'

const run = promisify(execFile)
const PLUGIN_FOLDERS = [
  '/usr/lib/nagios/plugins',
  '/usr/lib64/nagios/plugins',
  '/usr/lib/monitoring-plugins',
  '/usr/local/nagios/libexec',
]

export function examineNode(): Finding {
  return ok(`node ${process.versions.node}`)
}

/** The data folder can be made and written, and has room. */
export function examineData(folder: string): Finding[] {
  try {
    mkdirSync(folder, { recursive: true })
    accessSync(folder, constants.W_OK)
  } catch {
    return [
      fail(
        `data folder ${folder} cannot be written`,
        'choose another with --data, or give its owner the right to write',
      ),
    ]
  }
  const { bavail, bsize } = statfsSync(folder)
  const freeMb = Math.floor((bavail * bsize) / 1_048_576)
  const room = `data folder ${folder}, ${freeMb} MB free`
  return [
    freeMb < 1024
      ? warn(
          room,
          'make room, or choose another folder with --data: a day of 10,000 services is about 3 GB',
        )
      : ok(room),
  ]
}

export function examineOpenFiles(): Finding {
  const limits = existsSync('/proc/self/limits') ? readFileSync('/proc/self/limits', 'utf8') : ''
  const files = Number(/Max open files\s+(\d+)/.exec(limits)?.[1] ?? Number.NaN)
  if (Number.isNaN(files))
    return warn('the limit of open files cannot be read', 'none needed on this system')
  if (files < 4096)
    return warn(
      `at most ${files} open files`,
      'raise it: `ulimit -n 65536`, or LimitNOFILE= in the service unit',
    )
  return ok(`at most ${files} open files`)
}

export async function examineFping(): Promise<Finding> {
  try {
    await run('fping', ['-c1', '-t500', '-q', '127.0.0.1'])
    return ok('fping works: the built-in ping can be used')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT')
      return warn(
        'fping is not installed: the built-in ping answers UNKNOWN',
        'apt-get install fping',
      )
    return warn(
      'fping may not send here',
      'setcap cap_net_raw+ep $(command -v fping), or widen net.ipv4.ping_group_range',
    )
  }
}

export function examinePlugins(): Finding {
  const found = PLUGIN_FOLDERS.filter((folder) => existsSync(folder))
  if (found.length > 0) return ok(`plugins in ${found.join(', ')}`)
  return warn(
    'no folder of Nagios plugins found; built-in checks work without',
    'apt-get install monitoring-plugins',
  )
}

export async function examineNames(): Promise<Finding> {
  try {
    await lookup(hostname())
    return ok(`the name of this machine, ${hostname()}, resolves`)
  } catch {
    return warn(
      `the name of this machine, ${hostname()}, does not resolve`,
      'add it to /etc/hosts or to DNS',
    )
  }
}
