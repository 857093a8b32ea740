import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fleetOf } from '../../../test/fleet-of.ts'
import { PlanFileDamaged, PlanFileUnavailable } from '../../collector/plan-file.ts'
import { MESSAGE_VERSION, type Plan } from '../../wire/subjects.ts'
import { planFileAt } from './plan-file.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parallax-plan-'))
  path = join(folder, 'plan.gz')
})
afterEach(() => rmSync(folder, { recursive: true }))

function planOf(hosts: number, epoch = 1): Plan {
  const fleet = fleetOf({ hosts, servicesPerHost: 3 })
  return {
    version: MESSAGE_VERSION,
    revision: `r${epoch}`,
    epoch,
    hub: 'h',
    checks: [...fleet.hosts.values(), ...fleet.services.values()].map(({ check }) => check),
    timePeriods: [
      { name: 'p', alias: 'ő', ranges: [['monday', '09:00-17:00']], exclude: [], timezone: 'UTC' },
    ],
    cluster: {
      name: 'default',
      silenceMs: 3_000,
      takeoverRate: 200,
      costs: { 'host-0': 1.5 },
      pins: { 'host-0': 'c1' },
      revoked: [],
    },
  }
}

/** As it comes from JSON: without what is undefined. */
const asRead = (plan: Plan): unknown => JSON.parse(JSON.stringify(plan))

describe('[PN10] the plan on disk', () => {
  test('is none at first, and then the last that was kept', async () => {
    const file = planFileAt(path)
    expect(await file.load()).toBeUndefined()
    for (const [hosts, epoch] of [
      [0, 1],
      [1_000, 2],
      [3, 3],
    ] as const) {
      const plan = planOf(hosts, epoch)
      await file.save(plan)
      expect(await planFileAt(path).load()).toEqual(asRead(plan))
    }
    expect(readdirSync(folder)).toEqual(['plan.gz'])
  })
  test('is read by nobody else', async () => {
    await planFileAt(path).save(planOf(1))
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })
  test('is the one before while another is half written', async () => {
    await planFileAt(path).save(planOf(1))
    writeFileSync(`${path}.new`, readFileSync(path).subarray(0, 20))
    expect(await planFileAt(path).load()).toMatchObject({ epoch: 1 })
    await planFileAt(path).save(planOf(1, 2))
    expect(await planFileAt(path).load()).toMatchObject({ epoch: 2 })
  })
  test('is damaged wherever a byte is wrong or missing', async () => {
    await planFileAt(path).save(planOf(20))
    const whole = readFileSync(path)
    for (let at = 0; at < whole.length; at += 7) {
      const bytes = Buffer.from(whole)
      bytes[at] = (bytes[at] as number) ^ 0x10
      writeFileSync(path, bytes)
      // Four fields of the header of gzip say nothing of the content: its time, its system, how hard it was packed.
      const said = await planFileAt(path)
        .load()
        .catch((error: unknown) => error)
      if (!(at >= 4 && at <= 9)) expect(said, `byte ${at}`).toBeInstanceOf(PlanFileDamaged)
      writeFileSync(path, whole.subarray(0, at))
      await expect(planFileAt(path).load(), `${at} bytes`).rejects.toThrow(PlanFileDamaged)
    }
  })
  test.each([
    ['nothing', ''],
    ['no JSON', 'plan\n'],
    ['no plan', '{"version":1}\n'],
    ['no line', '{"version":1}'],
    ['checks that are none', '{"version":1,"revision":"r","timePeriods":[]}\n[{"id":"a"}]\n'],
    ['another thing', '{"version":1,"revision":"r","timePeriods":[]}\n{"a":1}\n'],
  ])('is damaged when it holds %s', async (_, text) => {
    writeFileSync(path, gzipSync(text))
    await expect(planFileAt(path).load()).rejects.toThrow(PlanFileDamaged)
  })
  test('cannot be kept, or read, where the disk does not allow it', async () => {
    await expect(planFileAt(join(folder, 'none', 'plan.gz')).save(planOf(1))).rejects.toThrow(
      PlanFileUnavailable,
    )
    mkdirSync(path)
    await expect(planFileAt(path).load()).rejects.toThrow(PlanFileUnavailable)
  })
})
