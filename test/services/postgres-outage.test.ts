import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openDatabase, type Database } from '../../src/adapters/postgres/database.ts'
import { createPool } from '../../src/adapters/postgres/connection.ts'
import { startEmbedded } from '../../src/adapters/postgres/embedded.ts'
import { isAlive } from '../../src/adapters/process/processes.ts'
import { createHistory } from '../../src/adapters/postgres/history.ts'
import { systemClock } from '../../src/adapters/system/clock.ts'
import { after, instant } from '../../src/base/instant.ts'
import { silentLog } from '../../src/base/log.ts'
import { prng } from '../../src/base/prng.ts'
import { serviceCheckId } from '../../src/domain/check-id.ts'
import { StoreUnavailable, type Effects } from '../../src/results/ports.ts'
import { aChange, aDatum, aMark, aRecord, aResult, NOW } from '../contracts/stored-things.ts'
import { startTestDatabase, type TestDatabase } from './postgres.ts'

const clock = { ...systemClock, now: () => NOW }
const open = (url: string): Promise<Database> =>
  openDatabase({
    url,
    folder: '',
    retention: { resultsDays: 30, seriesDays: 400 },
    clock,
    log: silentLog,
  })

/** Results `from`..`from + count - 1`; each output names its number, so that lost and doubled ones show. */
function batch(from: number, count: number): Effects {
  const seqs = Array.from({ length: count }, (_, n) => from + n)
  const id = (seq: number) => serviceCheckId('web', `s${seq % 100}`)
  const at = (seq: number) => after(NOW, seq - 1_000_000)
  return {
    history: seqs.map((seq) => aResult(id(seq), at(seq), { seq, output: `result ${seq}` })),
    samples: seqs.map((seq) => ({ checkId: id(seq), at: at(seq), perfdata: [aDatum('n', seq)] })),
    records: seqs.slice(-100).map((seq) => aRecord(id(seq), at(seq), { output: `result ${seq}` })),
    changes: seqs.filter((seq) => seq % 10 === 0).map((seq) => aChange(id(seq), at(seq))),
    watermarks: [aMark(from + count - 1)],
  }
}

interface Counts {
  readonly results: number
  readonly outputs: number
  readonly samples: number
  readonly changes: number
}

async function countsOf(url: string): Promise<Counts> {
  const client = new Client(url)
  await client.connect()
  try {
    const { rows } =
      await client.query<Counts>(`SELECT count(*)::int AS results, count(DISTINCT output)::int AS outputs,
      count(points)::int AS samples, (SELECT count(*)::int FROM state_change) AS changes FROM result`)
    return rows[0] as Counts
  } finally {
    await client.end()
  }
}

/** As the hub's loop does it: the same effects again and again while the store is away. */
async function commitUntilStored(database: Database, effects: Effects): Promise<number> {
  for (let failures = 0; failures < 2_000; failures++) {
    try {
      await database.store.commit(effects)
      return failures
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error
      await systemClock.sleep(20)
    }
  }
  throw new Error('the store did not come back')
}

describe('a database that fails', () => {
  let server: TestDatabase
  let database: Database
  beforeAll(async () => {
    server = await startTestDatabase()
  })
  afterAll(() => server.close())
  beforeEach(async () => {
    database = await open(server.url)
  })
  afterEach(() => database.close())

  test('[ST10, EM3] the server is killed again and again while results are stored: none is lost, none is there twice', async () => {
    const before = await countsOf(server.url)
    const random = prng(20_260_131)
    const over = new AbortController()
    const killer = (async () => {
      for (let kills = 0; kills < 8; kills++) {
        await systemClock.sleep(40 + random() * 200)
        const pid = server.pid()
        if (isAlive(pid)) process.kill(pid, 'SIGKILL')
        while (server.pid() === pid) await systemClock.sleep(5)
      }
      over.abort()
    })()
    let seq = 1
    let failures = 0
    for (; !over.signal.aborted; seq += 500) {
      failures += await commitUntilStored(database, batch(seq, 500))
    }
    await killer
    const stored = seq - 1
    expect(failures).toBeGreaterThan(0)
    const { results, outputs, samples, changes } = await countsOf(server.url)
    expect({ results, outputs, samples, changes }).toEqual({
      results: before.results + stored,
      outputs: stored,
      samples: before.samples + stored,
      changes: stored / 10,
    })
    const records = await database.store.loadRecords()
    expect(records.map(({ output }) => output)).toContain(`result ${stored}`)
    expect(await database.store.loadWatermarks()).toEqual([aMark(stored)])
  })

  test('[ST10] pages and accounts come back by themselves when the server was restarted', async () => {
    const query = { checkId: serviceCheckId('web', 's1'), from: instant(0), to: NOW, limit: 1 }
    await database.history.results(query)
    await database.accounts.countAccounts()
    process.kill(server.pid(), 'SIGKILL')
    expect(await database.history.results(query)).toHaveLength(1)
    expect(await database.accounts.countAccounts()).toBe(0)
    expect(await database.history.results(query)).toHaveLength(1)
  })

  test('[ST5, ST10] the connection breaks after COMMIT was sent: the repeat changes nothing', async () => {
    const cable = await startCable(join(server.folder, 'socket', '.s.PGSQL.5432'))
    const url = new URL(server.url)
    await database.close()
    database = await open(
      `postgres://${url.username}:${url.password}@127.0.0.1:${cable.port}/postgres`,
    )
    try {
      const effects = batch(900_001, 300)
      const before = await countsOf(server.url)
      cable.cutAfter('COMMIT')
      await expect(database.store.commit(effects)).rejects.toThrow(StoreUnavailable)
      await cable.hasDelivered()
      await database.store.commit(effects)
      const stored = await countsOf(server.url)
      expect(stored.results - before.results).toBe(300)
      expect(stored.changes - before.changes).toBe(30)
      expect(database.metrics.find(({ name }) => name.includes('repeated'))?.read()).toBe(300)
    } finally {
      await cable.close()
    }
  })

  test('[ST10] the connection breaks in the middle of the rows: nothing was written, the repeat writes it', async () => {
    const cable = await startCable(join(server.folder, 'socket', '.s.PGSQL.5432'))
    const url = new URL(server.url)
    await database.close()
    database = await open(
      `postgres://${url.username}:${url.password}@127.0.0.1:${cable.port}/postgres`,
    )
    try {
      const before = await countsOf(server.url)
      cable.cutAfter('PGCOPY')
      await expect(database.store.commit(batch(950_001, 300))).rejects.toThrow(StoreUnavailable)
      expect((await countsOf(server.url)).results).toBe(before.results)
      await database.store.commit(batch(950_001, 300))
      expect((await countsOf(server.url)).results).toBe(before.results + 300)
    } finally {
      await cable.close()
    }
  })

  test('[ST10] a page that takes too long is cancelled and keeps no connection', async () => {
    const blocker = new Client(server.url)
    await blocker.connect()
    await blocker.query('BEGIN; LOCK TABLE state_change IN ACCESS EXCLUSIVE MODE')
    const query = { checkId: undefined, from: instant(0), to: NOW, limit: 1 }
    const pool = createPool(server.url, {
      name: 'test',
      max: 1,
      statementTimeoutMs: 200,
      isReadOnly: true,
    })
    const history = createHistory(pool, systemClock)
    await expect(history.changes(query)).rejects.toThrow(/statement timeout/)
    await expect(
      database.store.commit({ ...batch(960_001, 10), changes: [] }),
    ).resolves.toBeUndefined()
    await blocker.query('ROLLBACK')
    await blocker.end()
    expect(await history.changes(query)).toHaveLength(1)
    await expect(pool.query('DELETE FROM result')).rejects.toThrow(/read-only/)
    await pool.end()
  })
})

test('[ST10] a server by URL that is started later is waited for', async () => {
  const away = await startTestDatabase()
  await away.stop()
  const opening = open(away.url)
  const server = await startEmbedded({ folder: away.folder, clock: systemClock, log: silentLog })
  const database = await opening
  expect(await database.store.loadRecords()).toEqual([])
  await database.close()
  await server.stop()
  await away.close()
})

interface Cable {
  readonly port: number
  /** Lets the client's bytes with this word through, then breaks the connection without a word from the server. */
  cutAfter(word: string): void
  /** Resolves when the server has dealt with what came through before the cut. */
  hasDelivered(): Promise<void>
  close(): Promise<void>
}

/** A network between client and server that breaks where the test says. */
async function startCable(socketPath: string): Promise<Cable> {
  let word: string | undefined
  let delivered = Promise.resolve()
  const sockets = new Set<Socket>()
  const listener = createServer((near) => {
    const far = connect(socketPath)
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.once('close', () => sockets.delete(socket))
    }
    far.on('data', (bytes) => void (near.destroyed ? undefined : near.write(bytes)))
    near.on('data', (bytes) => {
      if (word === undefined || !bytes.includes(word)) {
        far.write(bytes)
        return
      }
      word = undefined
      near.destroy()
      far.end(bytes)
      delivered = once(far, 'close').then(() => undefined)
    })
    near.once('close', () => void far.end())
    far.once('close', () => void near.destroy())
  }).listen(0, '127.0.0.1')
  await once(listener, 'listening')
  return {
    port: (listener.address() as AddressInfo).port,
    cutAfter: (text) => void (word = text),
    hasDelivered: () => delivered,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      listener.close()
      await once(listener, 'close')
    },
  }
}
