import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { startEmbedded, type EmbeddedServer } from '../../src/adapters/postgres/embedded.ts'
import { systemClock } from '../../src/adapters/system/clock.ts'
import { silentLog } from '../../src/base/log.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { outcomesOf, packagedFleet, statesOf } from '../template-host.ts'
import {
  freePort,
  isOpen,
  makeCertificate,
  makeFolder,
  startDaemon,
  type Daemon,
} from './daemon.ts'

const folder = makeFolder()
const running: Daemon[] = []
let database: EmbeddedServer
const port = { web: 0, plain: 0, dns: 0, redis: 0, smtp: 0 }

beforeAll(async () => {
  for (const name of Object.keys(port) as (keyof typeof port)[]) port[name] = await freePort()
  makeCertificate(folder.path, 'shop.example.org', 90)
  // In a folder whose path is too long for a socket it listens on the loopback.
  const long = join(folder.path, 'a'.repeat(100))
  database = await startEmbedded({ folder: long, clock: systemClock, log: silentLog })
  running.push(await startNginx(), await startNamed(), await startRedis(), await startPostfix())
}, 90_000)

afterAll(async () => {
  await Promise.all(running.map((daemon) => daemon.stop()))
  await database.stop()
  folder.remove()
})

function startNginx(): Promise<Daemon> {
  folder.file('index.html', 'Welcome to the shop')
  const config = folder.file(
    'nginx.conf',
    `daemon off; worker_processes 1; pid ${folder.path}/nginx.pid; error_log stderr; user root;
events {}
http {
  access_log off;
  client_body_temp_path ${folder.path}/body; proxy_temp_path ${folder.path}/proxy; fastcgi_temp_path ${folder.path}/fastcgi;
  uwsgi_temp_path ${folder.path}/uwsgi; scgi_temp_path ${folder.path}/scgi;
  server {
    listen 127.0.0.1:${port.web} ssl; server_name shop.example.org; root ${folder.path};
    ssl_certificate ${folder.path}/cert.pem; ssl_certificate_key ${folder.path}/key.pem;
  }
  server { listen 127.0.0.1:${port.plain}; return 301 https://shop.example.org/; }
}
`.replace(process.getuid?.() === 0 ? '' : 'user root;', ''),
  )
  return startDaemon('/usr/sbin/nginx', ['-p', folder.path, '-c', config], () => isOpen(port.web))
}

function startNamed(): Promise<Daemon> {
  folder.file(
    'zone',
    '$TTL 60\n@ IN SOA ns.shop.example. root.shop.example. 1 60 60 60 60\n@ IN NS ns.shop.example.\nns IN A 127.0.0.1\nwww IN A 192.0.2.10\n',
  )
  const config = folder.file(
    'named.conf',
    `options { directory "${folder.path}"; listen-on port ${port.dns} { 127.0.0.1; }; listen-on-v6 { none; }; pid-file none; recursion no; session-keyfile none; managed-keys-directory "${folder.path}"; dnssec-validation no; };
controls {};
zone "shop.example" { type primary; file "${folder.path}/zone"; };
`,
  )
  return startDaemon('/usr/sbin/named', ['-g', '-c', config, '-n', '1'], () => isOpen(port.dns))
}

function startRedis(): Promise<Daemon> {
  const words = `--port ${port.redis} --bind 127.0.0.1 --save  --dir ${folder.path} --daemonize no`
  return startDaemon('redis-server', words.split(' '), () => isOpen(port.redis))
}

/** Postfix with folders of its own needs root; elsewhere a mail server has to be there already. */
async function startPostfix(): Promise<Daemon> {
  const [config, queue, data] = ['postfix', 'queue', 'data'].map((name) =>
    join(folder.path, name),
  ) as [string, string, string]
  for (const path of [config, queue, data]) mkdirSync(path)
  folder.file(
    'postfix/main.cf',
    `compatibility_level = 3.6
queue_directory = ${queue}
data_directory = ${data}
myhostname = mail.example.org
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mydestination =
local_recipient_maps =
maillog_file_prefixes = ${folder.path}
maillog_file = ${folder.path}/mail.log
smtpd_tls_cert_file = ${folder.path}/cert.pem
smtpd_tls_key_file = ${folder.path}/key.pem
smtpd_tls_security_level = may
alias_maps =
`,
  )
  folder.file(
    'postfix/master.cf',
    `${port.smtp} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
rewrite unix - - n - - trivial-rewrite
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
`,
  )
  execFileSync('chown', ['postfix', data])
  return startDaemon('/usr/sbin/postfix', ['-c', config, 'start-fg'], () => isOpen(port.smtp))
}

const web = (more: string): string => `
packages: [web-site, tls-certificate]
hosts:
  shop.example.org:
    address: 127.0.0.1
    use: [web-site, tls-certificate]
    checkCommand: { builtin: tcp, port: ${port.web} }
    variables: { WEB_PORT: ${port.web}, WEB_PLAIN_PORTS: [${port.plain}], WEB_PATH: /index.html, WEB_VERIFY: 'false', TLS_PORTS: [${port.web}], TLS_VERIFY: 'false', ${more} }
`

test('[TM2] web-site and tls-certificate: a real nginx', async () => {
  const outcomes = await outcomesOf(packagedFleet(web('WEB_CONTENT: Welcome')))
  const states = Object.fromEntries(
    Object.entries(outcomes).map(([name, one]) => [name, one.state]),
  )
  expect(states, JSON.stringify(outcomes, null, 1)).toEqual({
    host: 'ok',
    page: 'ok',
    certificate: 'ok',
    [`certificate ${port.web}`]: 'ok',
    [`plain http ${port.plain}`]: 'ok',
  })
  expect(outcomes['page']?.perfdata).toContain('time=')
  const broken = await statesOf(
    packagedFleet(
      web(
        'WEB_CONTENT: Closed, WEB_DAYS_WARNING: 100, TLS_DAYS_CRITICAL: 100, TLS_DAYS_WARNING: 200',
      ),
    ),
  )
  expect(broken).toMatchObject({
    page: 'critical',
    certificate: 'warning',
    [`certificate ${port.web}`]: 'critical',
  })
}, 60_000)

test('[TM2] dns-server: a real bind', async () => {
  const dns = (zones: string, names: string): string => `
packages: [dns-server]
hosts: { ns: { address: 127.0.0.1, use: dns-server, variables: { DNS_PORT: ${port.dns}, DNS_ZONES: [${zones}], DNS_NAMES: [${names}] } } }
`
  const outcomes = await outcomesOf(packagedFleet(dns('shop.example', 'www.shop.example')))
  const states = Object.fromEntries(
    Object.entries(outcomes).map(([name, one]) => [name, one.state]),
  )
  expect(states, JSON.stringify(outcomes, null, 1)).toEqual({
    host: 'ok',
    'zone shop.example': 'ok',
    'name www.shop.example': 'ok',
  })
  expect(outcomes['zone shop.example']?.perfdata).toContain('time=')
  const broken = await statesOf(packagedFleet(dns('other.example', 'nobody.shop.example')))
  expect(broken['zone other.example']).toBe('critical')
  expect(broken['name nobody.shop.example']).toBe('critical')
}, 60_000)

test('[TM2] [TM3] postgresql: a real server; the password is a secret', async () => {
  const { username, password, port: pgPort } = new URL(database.url)
  const pg = (more: string, secret = decodeURIComponent(password)): string => `
packages: [postgresql]
secrets: { PG_SECRET: ${JSON.stringify(secret)} }
hosts: { db: { address: 127.0.0.1, use: postgresql, variables: { PG_PORT: ${pgPort}, PG_USER: ${username}, PG_PASSWORD: $PG_SECRET$, ${more} } } }
`
  const fleet = packagedFleet(pg(''))
  const outcomes = await outcomesOf(fleet)
  const states = Object.fromEntries(
    Object.entries(outcomes).map(([name, one]) => [name, one.state]),
  )
  expect(states, JSON.stringify(outcomes, null, 1)).toEqual({
    host: 'ok',
    connection: 'ok',
    'connections used': 'ok',
    'longest transaction': 'ok',
  })
  expect(outcomes['connections used']?.perfdata).toContain('query=')
  const shown = [...fleet.services.values()].map(({ shownCommand }) => shownCommand).join('\n')
  expect(shown).not.toContain(password)
  const full = await statesOf(
    packagedFleet(pg('PG_CONNECTIONS_WARNING: 0, PG_CONNECTIONS_CRITICAL: 100')),
  )
  expect(full['connections used']).toBe('warning')
  expect((await statesOf(packagedFleet(pg('', 'wrong'))))['connection']).not.toBe('ok')
}, 60_000)

test('[TM2] redis: a real server, with and without a password', async () => {
  const redis = (more = ''): string => `
packages: [redis]
hosts: { cache: { address: 127.0.0.1, use: redis, variables: { REDIS_PORT: ${port.redis}, ${more} } } }
`
  const outcomes = await outcomesOf(packagedFleet(redis()))
  const states = Object.fromEntries(
    Object.entries(outcomes).map(([name, one]) => [name, one.state]),
  )
  expect(states, JSON.stringify(outcomes, null, 1)).toEqual({ host: 'ok', ping: 'ok', role: 'ok' })
  execFileSync('redis-cli', ['-p', String(port.redis), 'config', 'set', 'requirepass', 'hunter2'])
  expect(await statesOf(packagedFleet(redis('REDIS_PASSWORDS: [hunter2]')))).toMatchObject({
    ping: 'ok',
    login: 'ok',
  })
  expect((await statesOf(packagedFleet(redis('REDIS_PASSWORDS: [wrong]'))))['login']).toBe(
    'critical',
  )
}, 60_000)

test('[TM2] mail-server: a real postfix', async () => {
  const mail = (more: string): string => `
packages: [mail-server]
hosts: { mx: { address: 127.0.0.1, use: mail-server, checkCommand: passive, variables: { SMTP_PORTS: [${port.smtp}], SMTP_TLS_PORTS: [${port.smtp}], ${more} } } }
`
  const outcomes = await outcomesOf(packagedFleet(mail('')))
  const states = Object.fromEntries(
    Object.entries(outcomes).map(([name, one]) => [name, one.state]),
  )
  expect(states, JSON.stringify(outcomes, null, 1)).toEqual({
    [`smtp ${port.smtp}`]: 'ok',
    [`smtp certificate ${port.smtp}`]: 'ok',
  })
  const broken = await statesOf(packagedFleet(mail("SMTP_BANNER: '554', SMTP_DAYS: '200,14'")))
  expect(broken[`smtp ${port.smtp}`]).toBe('warning')
  expect(broken[`smtp certificate ${port.smtp}`]).toBe('warning')
}, 60_000)

test('[TM2] what does not run is red', async () => {
  const gone = await freePort()
  const fleet = packagedFleet(`
packages: [redis, postgresql, web-site, mail-server, dns-server]
hosts:
  cache: { address: 127.0.0.1, use: redis, variables: { REDIS_PORT: ${gone} } }
  db: { address: 127.0.0.1, use: postgresql, variables: { PG_PORT: ${gone} } }
  mx: { address: 127.0.0.1, use: mail-server, checkCommand: passive, variables: { SMTP_PORTS: [${gone}] } }
  web: { address: 127.0.0.1, use: web-site, variables: { WEB_PORT: ${gone}, WEB_PLAIN_PORTS: [${gone}] } }
  ns: { address: 127.0.0.1, use: dns-server, variables: { DNS_PORT: ${gone}, DNS_ZONES: [shop.example] } }
`)
  const outcomes = await outcomesOf(fleet)
  expect(Object.entries(outcomes).filter(([, { state }]) => state === 'ok')).toEqual([])
}, 60_000)
