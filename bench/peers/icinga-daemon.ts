import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { pause } from '../report.ts'

export const ICINGA_USER = 'root:bench'
const PROGRAM = '/usr/lib/x86_64-linux-gnu/icinga2/sbin/icinga2'
const FOLDERS = ['data/certs', 'log', 'cache', 'spool', 'run', 'etc']

export function hasIcinga(): boolean {
  return existsSync(PROGRAM)
}

/** A node of Icinga 2: its name, its own folder, the port of its API, and what its configuration says beyond that. */
export interface IcingaNode {
  readonly name: string
  readonly folder: string
  readonly port: number
  readonly objects: string
  /** Folder of `makeCertificates`. */
  readonly certificates: string
}

/** Starts it and waits until its API answers. */
export async function startNode(node: IcingaNode): Promise<ChildProcess> {
  const { name, folder, port, certificates } = node
  for (const path of FOLDERS) mkdirSync(join(folder, path), { recursive: true })
  for (const file of [`${name}.crt`, `${name}.key`, 'ca.crt'])
    copyFileSync(join(certificates, file), join(folder, 'data/certs', file))
  writeFileSync(join(folder, 'etc/icinga2.conf'), configurationOf(node))
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
  const child = spawn(
    PROGRAM,
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
  return child
}

function configurationOf({ name, port, objects }: IcingaNode): string {
  return `const NodeName = "${name}"
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
${objects}`
}

/** An authority and a certificate for each name, as `ca.crt`, `NAME.crt` and `NAME.key`. */
export function makeCertificates(folder: string, names: readonly string[]): void {
  mkdirSync(folder, { recursive: true })
  const openssl = (line: string): void =>
    void execFileSync('openssl', line.split(' '), { stdio: 'ignore', cwd: folder })
  openssl('req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=bench-ca -keyout ca.key -out ca.crt')
  for (const name of names) {
    writeFileSync(join(folder, `${name}.ext`), `subjectAltName=DNS:${name}\n`)
    openssl(`req -newkey rsa:2048 -nodes -subj /CN=${name} -keyout ${name}.key -out ${name}.csr`)
    openssl(
      `x509 -req -in ${name}.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile ${name}.ext -out ${name}.crt`,
    )
  }
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
