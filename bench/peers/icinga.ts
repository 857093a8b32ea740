import { execFileSync, spawn } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pause } from '../report.ts'
import { needPackages } from './packages.ts'
import { killTree } from './process-tree.ts'
import type { Peer, PeerFleet } from './peer.ts'

export interface Icinga extends Peer {
  readonly port: number
}

export const ICINGA_USER = 'root:bench'

/** Icinga 2 from Debian, in a temporary folder, with its API on a loopback port. */
export async function startIcinga(fleet: PeerFleet, port = 25_665): Promise<Icinga> {
  needPackages('icinga2-bin', 'monitoring-plugins-basic', 'openssl', 'iputils-ping')
  const folder = mkdtempSync(join(tmpdir(), 'icinga-'))
  for (const name of ['data/certs', 'log', 'cache', 'spool', 'run', 'etc'])
    mkdirSync(join(folder, name), { recursive: true })
  makeCertificate(folder)
  writeFileSync(join(folder, 'etc/icinga2.conf'), configurationOf(fleet, port))
  const places = {
    DataDir: 'data',
    LogDir: 'log',
    CacheDir: 'cache',
    SpoolDir: 'spool',
    InitRunDir: 'run',
    PidPath: 'run/pid',
    ConfigDir: 'etc',
  }
  const defines = [
    ...Object.entries(places).map(([key, path]) => [
      '-D',
      `Configuration.${key}=${join(folder, path)}`,
    ]),
    ['-D', 'Configuration.RunAsUser=root', '-D', 'Configuration.RunAsGroup=root'],
  ].flat()
  const began = performance.now()
  const child = spawn(
    '/usr/lib/x86_64-linux-gnu/icinga2/sbin/icinga2',
    ['--no-stack-rlimit', 'daemon', '-c', join(folder, 'etc/icinga2.conf'), ...defines],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let printed = ''
  child.stdout.on('data', (chunk: Buffer) => (printed = (printed + chunk.toString()).slice(-4000)))
  child.stderr.on('data', (chunk: Buffer) => (printed = (printed + chunk.toString()).slice(-4000)))
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`icinga2 ended:\n${printed}`)
    await pause(50)
  }
  const startSeconds = (performance.now() - began) / 1000
  return {
    pid: child.pid as number,
    startSeconds,
    folder,
    port,
    stop: async () => {
      killTree(child.pid as number)
      await pause(200)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function makeCertificate(folder: string): void {
  const openssl = (...args: readonly string[]): void =>
    void execFileSync('openssl', args, { stdio: 'ignore', cwd: folder })
  openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=bench-ca',
    '-keyout',
    'ca.key',
    '-out',
    'ca.crt',
  )
  openssl(
    'req',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-subj',
    '/CN=n1',
    '-keyout',
    'n1.key',
    '-out',
    'n1.csr',
  )
  writeFileSync(join(folder, 'n1.ext'), 'subjectAltName=DNS:n1\n')
  openssl(
    'x509',
    '-req',
    '-in',
    'n1.csr',
    '-CA',
    'ca.crt',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-days',
    '2',
    '-extfile',
    'n1.ext',
    '-out',
    'n1.crt',
  )
  for (const name of ['n1.crt', 'n1.key', 'ca.crt'])
    copyFileSync(join(folder, name), join(folder, 'data/certs', name))
}

function configurationOf(fleet: PeerFleet, port: number): string {
  const words = (command: string): string =>
    `[ ${command
      .split(' ')
      .map((word, index) => (index === 0 ? `PluginDir + "/${word}"` : `"${word}"`))
      .join(', ')} ]`
  const timing = `  check_interval = ${fleet.intervalSeconds}\n  retry_interval = ${fleet.intervalSeconds}\n  max_check_attempts = 3\n  enable_active_checks = ${fleet.isActive}\n`
  const distinct = new Map(
    fleet.services.map(([, command]) => [
      command,
      `c${fleet.services.findIndex(([, other]) => other === command)}`,
    ]),
  )
  const services = fleet.services.map(
    ([name, command]) =>
      `  object Service "${name}" use(i) {\n  host_name = "h"+i\n  check_command = "${distinct.get(command)}"\n${timing}}\n`,
  )
  return `const NodeName = "n1"
const ZoneName = NodeName
const PluginDir = "/usr/lib/nagios/plugins"
include <itl>
include <plugins>
object ApiListener "api" {
  bind_host = "127.0.0.1"
  bind_port = "${port}"
}
object ApiUser "root" {
  password = "bench"
  permissions = [ "*" ]
}
object CheckerComponent "checker" {}
object Endpoint NodeName {}
object Zone ZoneName { endpoints = [ NodeName ] }
object CheckCommand "host" { command = ${words(fleet.hostCommand)} }
${[...distinct].map(([command, name]) => `object CheckCommand "${name}" { command = ${words(command)} }`).join('\n')}
for (i in range(${fleet.hosts})) {
  object Host "h"+i {
  address = "127.0.0.1"
  check_command = "host"
${timing}}
}
for (i in range(${fleet.hosts})) {
${services.join('')}}
`
}

async function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request(
      {
        host: '127.0.0.1',
        port,
        path: '/v1/status/CIB',
        auth: ICINGA_USER,
        rejectUnauthorized: false,
      },
      (response) => {
        response.resume()
        response.once('end', () => resolve(response.statusCode === 200))
      },
    )
    asked.once('error', () => resolve(false))
    asked.end()
  })
}

/** Average and maximum lateness of active service checks, seconds, as the daemon counts it. */
export async function icingaStatus(port: number): Promise<Readonly<Record<string, number>>> {
  const text = await new Promise<string>((resolve, reject) => {
    const asked = request(
      {
        host: '127.0.0.1',
        port,
        path: '/v1/status/CIB',
        auth: ICINGA_USER,
        rejectUnauthorized: false,
      },
      (response) => {
        let body = ''
        response.on('data', (chunk: Buffer) => (body += chunk.toString()))
        response.once('end', () => resolve(body))
      },
    )
    asked.once('error', reject)
    asked.end()
  })
  return (
    (JSON.parse(text) as { results: { status: Record<string, number> }[] }).results[0]?.status ?? {}
  )
}

export function icingaLog(folder: string): string {
  return readFileSync(join(folder, 'log/icinga2.log'), 'utf8')
}
