import { describe, expect, test } from 'vitest'
import { slotAfter } from '../scheduler/slots.ts'
import { hash32 } from '../../base/hash.ts'
import type { CheckId } from '../../domain/check-id.ts'
import type { Standing } from '../../wire/cluster.ts'
import { createVirtualCluster, fleetOfChecks } from '../../../test/virtual-cluster.ts'
import { Board, STANDINGS_MAX } from './board.ts'
import { resumeChecks, type Gained } from './resume.ts'

const PACE = { intervalMs: 60_000, retryIntervalMs: 10_000, timeoutMs: 5_000 }
const NOW = Date.parse('2027-06-01T12:00:00Z')

const standing = (
  checkId: string,
  finishedAt: number,
  with_: Partial<Standing> = {},
): Standing => ({
  checkId,
  code: 0,
  failures: 0,
  dueAt: finishedAt - 100,
  finishedAt,
  output: 'fine',
  ...with_,
})

describe('the board', () => {
  const ids = new Map(fleetOfChecks(1_500, 1).map(({ id }) => [id, id]))

  test('[AG16] the newest state of each check of the plan stands on it, nothing else', () => {
    const board = new Board()
    board.keep(ids)
    expect(board.take(standing('h1', NOW))).toBe(true)
    expect(board.take(standing('h1', NOW - 1, { code: 2 }))).toBe(false)
    expect(board.take(standing('h1', NOW, { code: 2 }))).toBe(false)
    expect(board.take(standing('stranger', NOW))).toBe(false)
    expect(board.of('h1' as CheckId)).toMatchObject({ code: 0, finishedAt: NOW })
    board.keep(new Map())
    expect(board.size).toBe(0)
  })

  test('[AG16] it is read page by page, each check once', () => {
    const board = new Board()
    board.keep(ids)
    for (const id of ids.keys()) board.take(standing(id, NOW))
    const read: string[] = []
    let after: string | null = null
    let pages = 0
    do {
      const page = board.page(after)
      read.push(...page.standings.map(({ checkId }) => checkId))
      after = page.next
      pages++
    } while (after !== null)
    expect(pages).toBe(3)
    expect(new Set(read).size).toBe(3_000)
    expect(read.length).toBe(3_000)
    expect(board.page('zzz')).toMatchObject({ standings: [], next: null })
  })

  test('[AG16] own ones are told once, in bounded messages, with bounded output', () => {
    const board = new Board()
    board.keep(ids)
    for (const id of ids.keys()) board.note(standing(id, NOW, { output: 'x'.repeat(5_000) }))
    const first = board.takeUnshared()
    expect(first.length).toBe(STANDINGS_MAX)
    expect(JSON.stringify(first).length).toBeLessThan(500_000)
    expect(board.takeUnshared().length).toBe(1_000)
    expect(board.takeUnshared().length).toBe(1_000)
    expect(board.takeUnshared()).toEqual([])
  })
})

describe('checks that come', () => {
  const checks = fleetOfChecks(100, 2, PACE)
  const terms = { at: NOW, now: NOW, rate: 50, turnAt: 0 }
  const orphan = (last: (id: string, index: number) => Standing | undefined): readonly Gained[] =>
    checks.map((check, index) => ({ check, isOrphan: true, last: last(check.id, index) }))

  test('[AG18] orphans start at most so many a second, hosts first, then problems', () => {
    const all = orphan((id, index) =>
      standing(id, NOW - 30_000, index % 9 === 1 ? { code: 2, failures: 3 } : {}),
    )
    const { resume, turnAt } = resumeChecks(all, terms)
    const regular = (id: string): number => slotAfter(hash32(id), PACE.intervalMs, NOW)
    const turns = [...resume].filter(([id, { dueAt }]) => dueAt < regular(id))
    expect(turns.length).toBeGreaterThan(200)
    for (let second = 0; second < 6; second++) {
      const from = NOW + second * 1_000
      const started = turns.filter(([, { dueAt }]) => dueAt >= from && dueAt < from + 1_000)
      expect(started.length).toBeLessThanOrEqual(51)
    }
    expect(turnAt).toBeGreaterThan(NOW + 4_000)
    const order = turns.toSorted(([, a], [, b]) => a.dueAt - b.dueAt)
    const kinds = order.map(([id, { last }]) => {
      if (!id.includes('!')) return 'host'
      return (last?.failures ?? 0) > 0 ? 'problem' : 'rest'
    })
    expect(kinds).toEqual(
      kinds.toSorted(
        (a, b) => ['host', 'problem', 'rest'].indexOf(a) - ['host', 'problem', 'rest'].indexOf(b),
      ),
    )
  })

  test('[AG18] a second takeover queues behind the first', () => {
    const first = resumeChecks(
      orphan(() => undefined),
      terms,
    )
    const [check] = checks
    if (check === undefined) throw new Error('no check')
    const second = resumeChecks([{ check, isOrphan: true, last: undefined }], {
      ...terms,
      turnAt: first.turnAt,
    })
    const due = second.resume.get(check.id)?.dueAt ?? 0
    expect(due).toBe(Math.min(first.turnAt, slotAfter(hash32(check.id), PACE.intervalMs, NOW)))
  })

  test('[AG19] what may still run elsewhere is waited for, what was missed is run', () => {
    const [check] = checks
    if (check === undefined) throw new Error('no check')
    const slot = slotAfter(hash32(check.id), PACE.intervalMs, NOW)
    const last = standing(check.id, slot - PACE.intervalMs + 100, { dueAt: slot - PACE.intervalMs })
    const resumed = (at: number): number | undefined =>
      resumeChecks([{ check, isOrphan: false, last }], { ...terms, at, now: at }).resume.get(
        check.id,
      )?.dueAt
    expect(resumed(slot - 1_000)).toBe(slot)
    expect(resumed(slot)).toBe(slot)
    expect(resumed(slot + 1_000)).toBe(slot + PACE.timeoutMs + 3_000)
    expect(resumed(slot + 20_000)).toBe(slot + 20_000)
  })
})

test('[AG24] who says that he saw what lies ahead keeps no check from running', () => {
  const [check] = fleetOfChecks(1, 0, PACE)
  if (check === undefined) throw new Error('no check')
  const terms = { at: NOW, now: NOW, rate: 50, turnAt: 0 }
  const resumed = (last: Standing) =>
    resumeChecks([{ check, isOrphan: false, last }], terms).resume.get(check.id)
  const regular = { dueAt: slotAfter(hash32(check.id), PACE.intervalMs, NOW - 1), last: undefined }
  expect(resumed(standing(check.id, 253_402_300_799_999))).toEqual(regular)
  expect(resumed(standing(check.id, NOW - 100, { dueAt: NOW + 1e12 }))).toEqual(regular)
})

describe('a problem across a takeover', () => {
  test('[AG17] the attempts are counted on, at the pace of retries', async () => {
    const checks = fleetOfChecks(30, 1, { ...PACE, maxAttempts: 5 })
    const brokenAt = 120_000
    const cluster = createVirtualCluster({
      checks,
      codeOf: (_, realMs) => (realMs >= brokenAt ? 2 : 0),
    })
    for (const name of ['c1', 'c2', 'c3']) cluster.start(name)
    await cluster.pass(brokenAt + 63_000)
    const attemptsOf = (by: string): Map<string, number> =>
      new Map(cluster.runs.filter((run) => run.by === by).map((run) => [run.id, run.failures ?? 0]))
    const before = attemptsOf('east.c2')
    const diedAt = cluster.realMs
    cluster.kill('c2')
    await cluster.pass(15_000)
    const moved = [...before].filter(([, failures]) => failures > 0 && failures < 5)
    expect(moved.length).toBeGreaterThan(3)
    for (const [id, failures] of moved) {
      const first = cluster.runs.find((run) => run.id === id && run.realMs > diedAt)
      expect(first?.by).not.toBe('east.c2')
      expect(first?.failures).toBe(failures + 1)
    }
  })
})
