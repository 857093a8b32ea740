import { existsSync } from 'node:fs'
import { freemem, totalmem } from 'node:os'
import { afterAll, describe, expect, test } from 'vitest'
import { createRig, WELL } from '../../../../test/builtin-rig.ts'
import { parsePerfdata } from '../../../domain/perfdata.ts'
import type { Perfdatum } from '../../../domain/perfdatum.ts'
import { cpuShares, parseCpuSample } from './cpu.ts'
import { localMounts, mountOf, parseMounts } from './mounts.ts'
import { createPatternTest } from './pattern.ts'
import { parseProcess } from './process-table.ts'

const rig = createRig()
afterAll(() => rig.close())

const datum = (perfdata: string, label: string): Perfdatum | undefined =>
  parsePerfdata(perfdata).find((item) => item.label === label)

describe('cpu', () => {
  test('[BT51] shares are those of the ticks between two samples', () => {
    const first = parseCpuSample('cpu  100 0 50 800 50 0 0 0 0 0\ncpu0 1 2 3\n')
    const second = parseCpuSample('cpu  130 10 60 840 60 0 0 0 0 0\n')
    expect(cpuShares(first, second)).toEqual({
      used: 50,
      user: 40,
      system: 10,
      iowait: 10,
      steal: 0,
    })
    expect(cpuShares(second, first).used).toBe(0)
  })

  test('[BT51] a processor that works is seen at the first run', async () => {
    let isBusy = true
    const work = (): void => {
      const end = performance.now() + 5
      while (performance.now() < end);
      if (isBusy) setImmediate(work)
    }
    work()
    const { code, perfdata } = await rig.run('cpu', { warning: '0:1', critical: '0:100' })
    isBusy = false
    expect(code).toBe(1)
    expect(datum(perfdata, 'cpu')).toMatchObject({
      unit: '%',
      warn: '0:1',
      crit: '0:100',
      min: 0,
      max: 100,
    })
    expect(datum(perfdata, 'cpu')?.value).toBeGreaterThan(1)
  })
})

describe('memory', () => {
  test('[BT52] what is not available is used', async () => {
    const { code, perfdata, output } = await rig.run('memory', {
      warning: '~:100',
      critical: '~:100',
    })
    expect([code, output.startsWith('MEMORY OK - ')]).toEqual([0, true])
    const available = datum(perfdata, 'available')
    expect(available?.max).toBe(totalmem())
    expect(Math.abs((available?.value ?? 0) - freemem())).toBeLessThan(totalmem())
    const used = datum(perfdata, 'used')?.value ?? -1
    expect(used).toBeCloseTo((1 - (available?.value ?? 0) / totalmem()) * 100, 1)
    expect((await rig.run('memory', { warning: '100:', critical: '~:100' })).code).toBe(1)
  })
})

describe('disk', () => {
  const MOUNTINFO = [
    '27 1 254:0 / / rw,relatime - ext4 /dev/vda rw',
    '22 27 0:21 / /proc rw - proc proc rw',
    '28 27 0:30 / /home rw - nfs4 server:/home rw',
    '29 27 254:1 / /srv/my\\040data rw - xfs /dev/vdb rw',
    '30 27 254:1 /part /var/bound rw - xfs /dev/vdb rw',
    '31 27 7:0 / /snap/core ro - squashfs /dev/loop0 ro',
    '32 27 0:40 / /tmp rw - tmpfs tmpfs rw',
    'a line that is none',
  ].join('\n')

  test('[BT53] every real local file system once, by its shortest mount point', () => {
    expect(localMounts(parseMounts(MOUNTINFO)).map(({ point }) => point)).toEqual([
      '/',
      '/var/bound',
    ])
    const unbound = MOUNTINFO.replace(/^30.*$/m, '')
    expect(localMounts(parseMounts(unbound)).map(({ point }) => point)).toEqual([
      '/',
      '/srv/my data',
    ])
    const container = '1 0 0:50 / / rw - overlay overlay rw'
    expect(localMounts(parseMounts(container)).map(({ point }) => point)).toEqual(['/'])
    expect(mountOf(parseMounts(MOUNTINFO), '/srv/my data/x')?.point).toBe('/srv/my data')
    expect(mountOf(parseMounts(MOUNTINFO), '/srv/my dataset')?.point).toBe('/')
  })

  test('[BT53] the root of this machine is among them, and can be left out', async () => {
    const everything = await rig.run('disk', { warning: '0%', critical: '0%' })
    expect(datum(everything.perfdata, '/')).toMatchObject({ unit: 'B', min: 0 })
    const without = await rig.run('disk', { exclude: '/', warning: '0%', critical: '0%' })
    expect(datum(without.perfdata, '/')).toBeUndefined()
  })

  test('[BT55] what cannot be read is CRITICAL, the others are still judged', async () => {
    const { code, output, perfdata } = await rig.run('disk', { paths: ['/nowhere', '/', '/etc'] })
    expect(code).toBe(2)
    expect(output).toContain('/nowhere is not accessible: No such file or directory;')
    expect(parsePerfdata(perfdata).length).toBeGreaterThan(0)
  })

  test('[BT54] inodes', async () => {
    const options = { paths: '/', warning: '0%', critical: '0%' }
    expect((await rig.run('disk', { ...options, inodeWarning: '100%' })).code).toBe(1)
    expect((await rig.run('disk', { ...options, inodeCritical: '100%' })).code).toBe(2)
  })
})

describe('process', () => {
  test('[BT57] names with brackets and spaces, kernel threads, ages', () => {
    const stat = `7 (a) b) (c) S 1 7 7 0 -1 4194560 1 0 0 0 50 50 0 0 20 0 1 0 9000 1 25 ${'0 '.repeat(28)}`
    expect(parseProcess(stat, 'a\0-b\0c d\0', 33, 100)).toEqual({
      pid: 7,
      name: 'a) b) (c',
      state: 'S',
      uid: 33,
      args: 'a -b c d',
      rssKib: 100,
      cpuPercent: 10,
    })
    expect(parseProcess(stat, '', 0, 100).args).toBe('[a) b) (c]')
  })

  test('[BT57] without a limit one must be there', async () => {
    expect((await rig.run('process', { name: 'nobody-runs-it' })).code).toBe(2)
    expect((await rig.run('process', { args: 'vitest' })).code).toBe(0)
    expect((await rig.run('process', { args: 'vitest', user: '0', warning: '0:0' })).code).toBe(
      process.getuid?.() === 0 ? 1 : 0,
    )
  })

  test('[BT58] a limit on memory is held against each', async () => {
    const { code, output } = await rig.run('process', {
      args: 'vitest',
      metric: 'rss',
      warning: 100,
      critical: '0:',
    })
    expect([code, output]).toEqual([
      1,
      expect.stringMatching(/^RSS WARNING: 0 crit, [1-9]\d* warn out of/),
    ])
  })

  test('[BT3] a user who is none', async () => {
    expect((await rig.run('process', { user: 'nobody-at-all' })).code).toBe(3)
  })
})

describe('load', () => {
  test.runIf(existsSync('/proc/loadavg'))('[BT50] one number is meant for all three', async () => {
    const { perfdata } = await rig.run('load', { warning: 7, critical: '9,8' })
    expect(parsePerfdata(perfdata).map(({ label, warn, crit }) => [label, warn, crit])).toEqual([
      ['load1', '7.000', '9.000'],
      ['load5', '7.000', '8.000'],
      ['load15', '7.000', '8.000'],
    ])
  })
})

describe('parallax', () => {
  test('[BT70] limits, the database, losses since the run before', async () => {
    let status = WELL
    const own = createRig(() => status)
    const options = {
      waitingWarning: 10,
      waitingCritical: 20,
      latenessWarning: 1,
      latenessCritical: '2s',
    }
    const code = async (): Promise<number> => (await own.run('parallax', options)).code
    const waiting = (count: number, lost = 0): typeof WELL => ({
      ...WELL,
      outbox: { waiting: count, lost },
    })
    expect(await code()).toBe(0)
    status = waiting(11)
    expect(await code()).toBe(1)
    status = waiting(21)
    expect(await code()).toBe(2)
    status = { ...WELL, executor: { ...WELL.executor, latenessP99Ms: 2100 } }
    expect(await code()).toBe(2)
    status = { ...WELL, database: 'cannot connect' }
    expect((await own.run('parallax', options)).output).toContain('database: cannot connect')
    status = waiting(0, 5)
    expect(await code()).toBe(2)
    expect(await code()).toBe(0)
  })
})

describe('expressions on foreign text', () => {
  test.each([
    ['hel+o', 'i', 'HELLO', true],
    ['^b', 'm', 'a\nb', true],
    ['(a|b)+c', '', 'ababc', true],
    ['x', '', 'abc', false],
  ])('[BT5] /%s/%s on %j', (source, flags, text, isFound) => {
    expect(createPatternTest(source, flags)([text, `${text}!`])?.[0]).toBe(isFound)
  })

  test.each([
    ['(a+)+$', 'a'.repeat(60)],
    ['a?'.repeat(40) + 'a'.repeat(40), 'a'.repeat(40)],
    ['.*b.*c.*d', 'b'.repeat(30_000)],
    ['(?:x|y)*z', 'xy'.repeat(400_000)],
  ])('[BT5] /%s/ is bounded', (source, text) => {
    const began = process.cpuUsage()
    createPatternTest(source, '')([`${text}!`])
    const { user, system } = process.cpuUsage(began)
    expect((user + system) / 1000).toBeLessThan(3000)
  })
})
