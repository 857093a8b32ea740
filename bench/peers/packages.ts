import { spawnSync } from 'node:child_process'

/** Installs Debian packages that a measurement needs; says which, and how, when it may not. */
export function needPackages(...names: readonly string[]): void {
  const missing = names.filter(
    (name) =>
      !spawnSync('dpkg-query', ['-W', '-f=${Status}', name], { encoding: 'utf8' }).stdout?.includes(
        'ok installed',
      ),
  )
  if (missing.length === 0) return
  const command = [
    'apt-get',
    'install',
    '-y',
    '--no-install-recommends',
    '-o',
    'DPkg::Lock::Timeout=300',
    ...missing,
  ]
  process.stderr.write(`installing ${missing.join(' ')} for the measurement\n`)
  spawnSync('apt-get', ['update'], { stdio: 'ignore' })
  const done = spawnSync(command[0] as string, command.slice(1), {
    stdio: 'ignore',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
  if (done.status !== 0)
    throw new Error(`this measurement needs: ${missing.join(' ')}\n  as root: ${command.join(' ')}`)
}
