import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findBinaries } from '../../src/adapters/postgres/embedded/binaries.ts'
import { serverUser } from '../../src/adapters/postgres/embedded/os-user.ts'
import type { Fleet } from '../../src/domain/fleet.ts'
import { outcomesOf, packagedFleet, statesOf } from '../template-host.ts'
import { freePort, isOpen, makeFolder, startDaemon, type Daemon } from './daemon.ts'

const SECRET = 'hunter2-of-the-test'
const folder = makeFolder()
const running: Daemon[] = []
const port = {
  redis: 0,
  redisReplica: 0,
  mysql: 0,
  mysqlReplica: 0,
  postgres: 0,
  postgresReplica: 0,
}

beforeAll(async () => {
  for (const name of Object.keys(port) as (keyof typeof port)[]) port[name] = await freePort()
  running.push(await startRedis(port.redis))
  running.push(await startRedis(port.redisReplica, `--replicaof 127.0.0.1 ${port.redis}`))
  running.push(await startMysql('primary', port.mysql, 1))
  running.push(await startMysql('replica', port.mysqlReplica, 2))
  await startPostgres()
}, 90_000)

afterAll(async () => {
  await Promise.all(running.map((daemon) => daemon.stop()))
  folder.remove()
})

function startRedis(listen: number, more = ''): Promise<Daemon> {
  const place = join(folder.path, `redis-${listen}`)
  mkdirSync(place)
  const words = `--port ${listen} --bind 127.0.0.1 --dir ${place} --daemonize no --repl-diskless-sync-delay 0 ${more}`
  return startDaemon('redis-server', [...words.trim().split(' '), '--save', ''], () =>
    isOpen(listen),
  )
}

const redis = (listen: number, ...words: string[]): string =>
  execFileSync('redis-cli', ['-p', String(listen), ...words], { encoding: 'utf8', stdio: 'pipe' })

function startMysql(name: string, listen: number, id: number): Promise<Daemon> {
  const data = join(folder.path, `mysql-${name}`)
  execFileSync(
    'mariadb-install-db',
    ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal'],
    { stdio: 'pipe' },
  )
  const options = {
    datadir: data,
    socket: join(folder.path, `${name}.sock`),
    'pid-file': join(data, 'pid'),
    port: listen,
    'bind-address': '127.0.0.1',
    user: userInfo().username,
    'server-id': id,
    'log-bin': 'log',
    'innodb-buffer-pool-size': '8M',
  }
  const words = Object.entries(options).map(([option, value]) => `--${option}=${value}`)
  return startDaemon('/usr/sbin/mariadbd', ['--no-defaults', '--skip-name-resolve', ...words], () =>
    isOpen(listen),
  )
}

const mysql = (name: string, sql: string): string =>
  execFileSync(
    'mariadb',
    ['--no-defaults', '-N', '-S', join(folder.path, `${name}.sock`), '-u', 'root', '-e', sql],
    { encoding: 'utf8', stdio: 'pipe' },
  )

/** A primary, and a replica that began as a copy of it. PostgreSQL refuses to run as root. */
async function startPostgres(): Promise<void> {
  const user = serverUser(undefined)
  const as =
    user === undefined
      ? []
      : ['setpriv', `--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups']
  const { initdb, postgres } = await findBinaries(folder.path, user)
  const place = join(folder.path, 'postgresql')
  const [primary, replica] = [join(place, 'primary'), join(place, 'replica')]
  mkdirSync(place)
  const password = folder.file('postgresql/password', SECRET)
  if (user !== undefined) execFileSync('chown', ['-R', `${user.uid}:${user.gid}`, place])
  const run = ([program = '', ...words]: readonly string[]): unknown =>
    execFileSync(program, words, { stdio: 'pipe', cwd: '/' })
  run([...as, initdb, '-D', primary, '-U', 'monitor', '-A', 'scram-sha-256', '--pwfile', password])
  run(['cp', '-a', primary, replica])
  folder.file('postgresql/replica/standby.signal', '')
  folder.file(
    'postgresql/replica/postgresql.auto.conf',
    `primary_conninfo = 'host=127.0.0.1 port=${port.postgres} user=monitor password=${SECRET}'\n`,
  )
  const start = async (data: string, listen: number): Promise<void> => {
    const settings = `port=${listen} listen_addresses=127.0.0.1 unix_socket_directories= shared_buffers=16MB io_method=sync`
    const flags = settings.split(' ').flatMap((one) => ['-c', one])
    const [program = '', ...words] = [...as, postgres, '-D', data, ...flags]
    running.push(await startDaemon(program, words, () => isOpen(listen)))
  }
  await start(primary, port.postgres)
  await start(replica, port.postgresReplica)
}

async function askPostgres(...statements: readonly string[]): Promise<void> {
  const client = new Client({
    host: '127.0.0.1',
    port: port.postgres,
    user: 'monitor',
    password: SECRET,
    database: 'postgres',
  })
  await client.connect()
  for (const statement of statements) await client.query(statement)
  await client.end()
}

/** Until all of them are OK: a replica needs a moment. */
async function allOk(fleet: Fleet): Promise<Awaited<ReturnType<typeof outcomesOf>>> {
  const until = Date.now() + 15_000
  for (;;) {
    const outcomes = await outcomesOf(fleet)
    const isRed = Object.values(outcomes).some(({ state }) => state !== 'ok')
    if (!isRed || Date.now() > until) {
      expect(isRed, JSON.stringify(outcomes, null, 1)).toBe(false)
      return outcomes
    }
  }
}

/** All that is known of hosts and services but what is run. */
const shownOf = ({ hosts, services }: Fleet): string =>
  JSON.stringify([...hosts.values(), ...services.values()].map((one) => ({ ...one, check: null })))

test('[TM2] [TM3] postgresql: a real primary and a real replica; the password is a secret', async () => {
  const of = (listen: number, more = '', use = 'postgresql', secret = SECRET): string => `
packages: [postgresql]
secrets: { PG_SECRET: ${secret} }
hosts: { db: { address: 127.0.0.1, use: ${use}, variables: { PG_PORT: ${listen}, PG_PASSWORD: $PG_SECRET$, ${more} } } }
`
  const fleet = packagedFleet(of(port.postgres))
  const outcomes = await allOk(fleet)
  expect(Object.keys(outcomes).sort()).toEqual([
    'connection',
    'connections used',
    'host',
    'longest transaction',
  ])
  expect(outcomes['connection']?.perfdata).toContain('time=')
  expect(outcomes['connections used']?.perfdata).toContain('query=')
  expect(shownOf(fleet) + JSON.stringify(outcomes)).not.toContain(SECRET)
  const full = await statesOf(
    packagedFleet(of(port.postgres, "PG_CONNECTIONS_WARNING: '10:', PG_CONNECTIONS_CRITICAL: 100")),
  )
  expect(full['connections used']).toBe('warning')
  const refused = await statesOf(packagedFleet(of(port.postgres, '', 'postgresql', 'wrong')))
  expect(refused).toMatchObject({ host: 'ok', connection: 'critical' })

  const replica = await allOk(packagedFleet(of(port.postgresReplica, '', 'postgresql-replica')))
  expect(replica['replication']?.perfdata).toContain('query=')
  await askPostgres('create role poor login', `alter role poor password '${SECRET}'`)
  const poor = await statesOf(packagedFleet(of(port.postgres, 'PG_USER: poor')))
  expect(poor).toMatchObject({ connection: 'ok', 'longest transaction': 'critical' })
  const primary = await outcomesOf(packagedFleet(of(port.postgres, '', 'postgresql-replica')))
  expect(primary['replication']).toMatchObject({ state: 'critical' })
}, 60_000)

test('[TM2] [TM3] mysql: a real MariaDB and its replica; the password is a secret', async () => {
  for (const name of ['primary', 'replica'])
    mysql(
      name,
      `set sql_log_bin = 0; create user monitor@'127.0.0.1' identified by '${SECRET}';
       grant process, slave monitor on *.* to monitor@'127.0.0.1'; create user poor@'127.0.0.1' identified by '${SECRET}';
       create user copy@'127.0.0.1' identified by 'copy'; grant replication slave on *.* to copy@'127.0.0.1'`,
    )
  const of = (listen: number, more = '', use = 'mysql', secret = SECRET): string => `
packages: [mysql]
secrets: { MYSQL_SECRET: ${secret} }
hosts: { db: { address: 127.0.0.1, use: ${use}, variables: { MYSQL_PORT: ${listen}, MYSQL_PASSWORD: $MYSQL_SECRET$, ${more} } } }
`
  const fleet = packagedFleet(of(port.mysql))
  const outcomes = await allOk(fleet)
  expect(Object.keys(outcomes).sort()).toEqual([
    'connection',
    'connections used',
    'host',
    'longest query',
  ])
  expect(outcomes['connection']?.perfdata).toContain('Threads_connected=')
  expect(outcomes['connections used']?.perfdata).toContain('result=')
  expect(shownOf(fleet) + JSON.stringify(outcomes)).not.toContain(SECRET)
  const full = await statesOf(
    packagedFleet(of(port.mysql, "MYSQL_CONNECTIONS_WARNING: '10:', MYSQL_USER: monitor")),
  )
  expect(full).toMatchObject({ 'connections used': 'warning', connection: 'ok' })
  const poor = await statesOf(packagedFleet(of(port.mysql, 'MYSQL_USER: poor')))
  expect(poor).toMatchObject({ connection: 'ok', 'longest query': 'critical' })
  const refused = await statesOf(packagedFleet(of(port.mysql, '', 'mysql', 'wrong')))
  expect(refused).toMatchObject({ host: 'ok', connection: 'critical' })

  const copied = packagedFleet(of(port.mysqlReplica, '', 'mysql-replica'))
  expect((await statesOf(copied))['replication']).toBe('warning')
  mysql(
    'replica',
    `change master to master_host = '127.0.0.1', master_port = ${port.mysql}, master_user = 'copy', master_password = 'copy'; start slave`,
  )
  await allOk(copied)
  mysql('replica', 'stop slave')
  expect((await statesOf(copied))['replication']).toBe('critical')
}, 60_000)

test('[TM2] [TM3] redis: a real server and its replica; the password is a secret', async () => {
  const of = (listen: number, more: string, secret = ''): string => `
packages: [redis]
secrets: { REDIS_SECRET: ${JSON.stringify(secret)} }
hosts: { cache: { address: 127.0.0.1, use: redis, variables: { REDIS_PORT: ${listen}, REDIS_PASSWORD: $REDIS_SECRET$, ${more} } } }
`
  const outcomes = await allOk(packagedFleet(of(port.redis, 'REDIS_ROLES: [master]')))
  expect(Object.keys(outcomes).sort()).toEqual(['host', 'login', 'memory', 'ping', 'role master'])
  expect(outcomes['ping']?.perfdata).toContain('time=')
  const replica = packagedFleet(of(port.redisReplica, 'REDIS_ROLES: [slave]'))
  await allOk(replica)
  redis(port.redisReplica, 'replicaof', 'no', 'one')
  expect((await statesOf(replica))['role slave']).toBe('critical')

  redis(port.redis, 'config', 'set', 'maxmemory', '1gb', 'requirepass', SECRET)
  const locked = packagedFleet(of(port.redis, 'REDIS_ROLES: [master]', SECRET))
  const said = await allOk(locked)
  expect(shownOf(locked) + JSON.stringify(said)).not.toContain(SECRET)
  expect(
    await statesOf(packagedFleet(of(port.redis, 'REDIS_MEMORY_WARNING: 0', SECRET))),
  ).toMatchObject({ login: 'ok', memory: 'warning' })
  expect(
    await statesOf(packagedFleet(of(port.redis, 'REDIS_ROLES: [master]', 'wrong'))),
  ).toMatchObject({
    host: 'ok',
    ping: 'ok',
    login: 'critical',
    memory: 'warning',
    'role master': 'critical',
  })
}, 60_000)

test('[TM2] what does not run is red', async () => {
  const gone = await freePort()
  const redisGone = packagedFleet(`
packages: redis
hosts:
  cache: { address: 127.0.0.1, use: redis, variables: { REDIS_PORT: ${gone}, REDIS_ROLES: [master] } }
`)
  const postgresGone = packagedFleet(`
packages: postgresql
hosts:
  pg: { address: 127.0.0.1, use: postgresql-replica, variables: { PG_PORT: ${gone} } }
`)
  const mysqlGone = packagedFleet(`
packages: mysql
hosts:
  my: { address: 127.0.0.1, use: mysql-replica, variables: { MYSQL_PORT: ${gone} } }
`)
  for (const one of [redisGone, postgresGone, mysqlGone]) {
    const outcomes = await outcomesOf(one)
    expect(Object.entries(outcomes).filter(([, { state }]) => state === 'ok')).toEqual([])
  }
}, 60_000)
