import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pause } from '../report.ts'
import { ICINGA_USER, makeCertificates, startNode } from './icinga-daemon.ts'
import { needPackages } from './packages.ts'
import { killTree } from './process-tree.ts'
import type { Peer, PeerFleet } from './peer.ts'

export interface Icinga extends Peer {
  readonly port: number
}

/** Icinga 2 from Debian, in a temporary folder, with its API on a loopback port. */
export async function startIcinga(fleet: PeerFleet, port = 25_665): Promise<Icinga> {
  needPackages('icinga2-bin', 'monitoring-plugins-basic', 'openssl', 'iputils-ping')
  const folder = mkdtempSync(join(tmpdir(), 'icinga-'))
  makeCertificates(folder, ['n1'])
  const began = performance.now()
  const child = await startNode({
    name: 'n1',
    folder,
    port,
    objects: objectsOf(fleet),
    certificates: folder,
  })
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

function objectsOf(fleet: PeerFleet): string {
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
  return `object Endpoint NodeName {}
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
