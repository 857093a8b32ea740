import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
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
/** Nobody else can start postfix, not even in folders of his own. */
const isRoot = process.getuid?.() === 0
const port = { web: 0, plain: 0, dns: 0, smtp: 0, imap: 0, ntp: 0, ntpLost: 0 }

beforeAll(async () => {
  for (const name of Object.keys(port) as (keyof typeof port)[]) port[name] = await freePort()
  makeCertificate(folder.path, 'shop.example.org', 90)
  const mail = isRoot ? [startPostfix, startDovecot] : []
  for (const start of [startNginx, startNamed, ...mail]) running.push(await start())
  running.push(await startChrony(port.ntp, 'local stratum 5'))
  running.push(await startChrony(port.ntpLost, ''))
}, 90_000)

afterAll(async () => {
  await Promise.all(running.map((daemon) => daemon.stop()))
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
  const postfix = (...words: string[]): unknown =>
    execFileSync('/usr/sbin/postfix', ['-c', config, ...words], { stdio: 'pipe' })
  const daemon = await startDaemon('/usr/sbin/postfix', ['-c', config, 'start-fg'], () =>
    isOpen(port.smtp),
  )
  return {
    ...daemon,
    async stop() {
      // Its master has left the session in which we started it.
      postfix('stop')
      await daemon.stop()
    },
  }
}

/** Dovecot, with all of its users made one that is always there. */
function startDovecot(): Promise<Daemon> {
  const place = join(folder.path, 'dovecot')
  mkdirSync(place)
  const config = folder.file(
    'dovecot.conf',
    `base_dir = ${place}/run
state_dir = ${place}/state
log_path = /dev/stderr
protocols = imap
listen = 127.0.0.1
ssl = no
default_login_user = nobody
default_internal_user = nobody
default_internal_group = nogroup
mail_location = maildir:${place}/mail
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=65534 gid=65534 home=${place}
}
service imap-login {
  chroot =
  inet_listener imap {
    port = ${port.imap}
  }
  inet_listener imaps {
    port = 0
  }
}
`,
  )
  return startDaemon('/usr/sbin/dovecot', ['-F', '-c', config], () => isOpen(port.imap))
}

/** Unpacked by scripts/test-packages.sh where it is not installed: to install it would replace the machine's own time daemon. */
const CHRONY = [
  '/usr/sbin/chronyd',
  join(import.meta.dirname, '../../node_modules/.cache/chrony/usr/sbin/chronyd'),
]

/** A time server that leaves our clock alone. */
async function startChrony(listen: number, more: string): Promise<Daemon> {
  const program = CHRONY.find((file) => existsSync(file))
  if (program === undefined) throw new Error('chronyd is missing: run scripts/test-packages.sh')
  const place = join(folder.path, `chrony-${listen}`)
  mkdirSync(place)
  const config = folder.file(
    `chrony-${listen}.conf`,
    `port ${listen}
bindaddress 127.0.0.1
allow 127.0.0.1
cmdport 0
bindcmdaddress /
pidfile ${place}/pid
${more}
`,
  )
  const words = ['-x', '-U', '-u', userInfo().username, '-d', '-f', config]
  // It has opened its port, and only UDP, when it writes this file.
  return startDaemon(program, words, async () => existsSync(join(place, 'pid')))
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
  const dns = (zones: string, names: string, more = ''): string => `
packages: [dns-server]
hosts: { ns: { address: 127.0.0.1, use: dns-server, variables: { DNS_PORT: ${port.dns}, DNS_ZONES: [${zones}], DNS_NAMES: [${names}], ${more} } } }
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
  const slow = await statesOf(packagedFleet(dns('shop.example', '', 'DNS_WARNING: 0')))
  expect(slow).toMatchObject({ host: 'ok', 'zone shop.example': 'warning' })
}, 60_000)

test.runIf(isRoot)(
  '[TM2] mail-server: a real postfix and a real dovecot',
  async () => {
    const mail = (more: string): string => `
packages: [mail-server]
hosts: { mx: { address: 127.0.0.1, use: mail-server, variables: { MAIL_PORT: ${port.smtp}, SMTP_PORTS: [${port.smtp}], SMTP_TLS_PORTS: [${port.smtp}], ${more} } } }
`
    const outcomes = await outcomesOf(packagedFleet(mail(`IMAP_PORTS: [${port.imap}]`)))
    const states = Object.fromEntries(
      Object.entries(outcomes).map(([name, one]) => [name, one.state]),
    )
    expect(states, JSON.stringify(outcomes, null, 1)).toEqual({
      host: 'ok',
      [`smtp ${port.smtp}`]: 'ok',
      [`smtp certificate ${port.smtp}`]: 'ok',
      [`imap ${port.imap}`]: 'ok',
    })
    expect(outcomes[`smtp ${port.smtp}`]?.perfdata).toContain('time=')
    expect(outcomes[`imap ${port.imap}`]?.perfdata).toContain('time=')
    const broken = await statesOf(
      packagedFleet(mail(`SMTP_BANNER: '554', SMTP_DAYS: '200,14', IMAP_PORTS: [${port.smtp}]`)),
    )
    expect(broken[`imap ${port.smtp}`]).toBe('critical')
    expect(broken[`smtp ${port.smtp}`]).toBe('warning')
    expect(broken[`smtp certificate ${port.smtp}`]).toBe('warning')
  },
  60_000,
)

test('[TM2] ntp-server: a real chrony', async () => {
  const ntp = (listen: number, more = ''): string => `
packages: [ntp-server]
hosts: { time: { address: 127.0.0.1, use: ntp-server, variables: { NTP_PORT: ${listen}, ${more} } } }
`
  const outcomes = await outcomesOf(packagedFleet(ntp(port.ntp)))
  expect(outcomes).toMatchObject({ host: { state: 'ok' }, time: { state: 'ok' } })
  expect(outcomes['time']?.perfdata).toContain('offset=')
  const far = packagedFleet(ntp(port.ntp, "NTP_WARNING: '10:', NTP_CRITICAL: 60"))
  expect((await statesOf(far))['time']).toBe('warning')
  const lost = await outcomesOf(packagedFleet(ntp(port.ntpLost)))
  expect(lost['time']).toMatchObject({ state: 'critical' })
}, 60_000)

test('[TM2] what does not run is red', async () => {
  const gone = await freePort()
  const fleet = packagedFleet(`
packages: [web-site, mail-server, dns-server, ntp-server]
hosts:
  mx: { address: 127.0.0.1, use: mail-server, variables: { MAIL_PORT: ${gone}, SMTP_PORTS: [${gone}], IMAP_PORTS: [${gone}] } }
  time: { address: 127.0.0.1, use: ntp-server, checkCommand: passive, variables: { NTP_PORT: ${gone} } }
  web: { address: 127.0.0.1, use: web-site, variables: { WEB_PORT: ${gone}, WEB_PLAIN_PORTS: [${gone}] } }
  ns: { address: 127.0.0.1, use: dns-server, variables: { DNS_PORT: ${gone}, DNS_ZONES: [shop.example] } }
`)
  const outcomes = await outcomesOf(fleet)
  expect(Object.entries(outcomes).filter(([, { state }]) => state === 'ok')).toEqual([])
}, 60_000)
