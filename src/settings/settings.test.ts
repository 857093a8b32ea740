import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DEFAULT_PORT } from './setting-list.ts'
import { readSettings, SettingRefused } from './settings.ts'

test('without flags and environment the defaults hold, on loopback', () => {
  const settings = readSettings({}, {})
  expect(settings).toMatchObject({
    listenHost: '127.0.0.1',
    listenPort: DEFAULT_PORT,
    databaseUrl: undefined,
    logLevel: 'info',
  })
})

test('a flag wins over the environment, the environment over a file, a file over the default', () => {
  const folder = mkdtempSync(join(tmpdir(), 'settings-'))
  try {
    writeFileSync(join(folder, 'url'), 'postgres://u:p@h/d\n')
    const env = { PARALLAX_DATABASE_URL_FILE: join(folder, 'url'), PARALLAX_LOG_LEVEL: 'warn' }
    expect(readSettings({}, env).databaseUrl).toBe('postgres://u:p@h/d')
    expect(readSettings({}, { ...env, PARALLAX_DATABASE_URL: 'postgres://x/y' }).databaseUrl).toBe(
      'postgres://x/y',
    )
    expect(readSettings({ 'log-level': 'error' }, env).logLevel).toBe('error')
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('addresses: host and port, port alone, IPv6', () => {
  expect(readSettings({ listen: '0.0.0.0:80' }, {})).toMatchObject({
    listenHost: '0.0.0.0',
    listenPort: 80,
  })
  expect(readSettings({ listen: '0' }, {})).toMatchObject({
    listenHost: '127.0.0.1',
    listenPort: 0,
  })
  expect(readSettings({ listen: '[::1]:8470' }, {})).toMatchObject({
    listenHost: '::1',
    listenPort: 8470,
  })
})

test('sizes and ages say their unit', () => {
  expect(readSettings({ 'outbox-max': '512MB', 'outbox-age': '2h' }, {})).toMatchObject({
    outboxBytesMax: 536_870_912,
    outboxAgeMaxMs: 7_200_000,
  })
})

test('all bad settings are named at once, each with its origin', () => {
  const read = (): unknown =>
    readSettings({ listen: 'nowhere', 'plugin-slots': 'many' }, { PARALLAX_OUTBOX_AGE: '24' })
  expect(read).toThrow(SettingRefused)
  expect(read).toThrow(
    /--listen: 'nowhere'[\s\S]*--plugin-slots: 'many'[\s\S]*PARALLAX_OUTBOX_AGE: '24'/,
  )
})

test('each refusal says what to write', () => {
  const refusalOf = (flag: string, value: string): string => {
    try {
      readSettings({ [flag]: value }, {})
    } catch (error) {
      return (error as Error).message
    }
    return ''
  }
  expect(refusalOf('log-level', 'loud')).toContain('write debug, info, warn, error, silent')
  expect(refusalOf('behind-tls', 'true')).toContain('write yes or no')
  for (const value of ['x', '0', '1.5', '-2', '4000'])
    expect(refusalOf('history-days', value)).toContain(
      'write a whole number of days from 1 to 3650',
    )
})
