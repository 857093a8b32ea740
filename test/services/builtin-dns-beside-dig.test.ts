import { execFile } from 'node:child_process'
import { afterAll, describe, expect, test } from 'vitest'
import type { BuiltinOptions } from '../../src/domain/check.ts'
import { createRig } from '../builtin-rig.ts'
import { nameServer } from '../name-server.ts'

const rig = createRig()
afterAll(() => rig.close())

/** check_dig can ask another port than 53; it needs dig: apt-get install bind9-dnsutils. */
function checkDig(port: number, name: string, ...words: string[]): Promise<number> {
  const all = ['-H', '127.0.0.1', '-p', String(port), '-l', name, ...words]
  return new Promise((resolve, reject) => {
    execFile('/usr/lib/nagios/plugins/check_dig', all, (error, stdout) => {
      if (error !== null && typeof error.code !== 'number') reject(error)
      else if (!stdout.startsWith('DNS')) reject(new Error(`check_dig says: ${stdout}`))
      else resolve(Number(error?.code ?? 0))
    })
  })
}

describe('dns beside check_dig', () => {
  const cases: readonly (readonly [string, string[], BuiltinOptions])[] = [
    ['one.test', [], {}],
    ['one.test', ['-a', '192.0.2.1'], { expect: '192.0.2.1' }],
    ['one.test', ['-T', 'AAAA'], { type: 'AAAA' }],
    ['many.test', ['-a', '192.0.2.3'], { expect: '192.0.2.3' }],
    ['one.test', ['-w', '5', '-c', '8'], { warning: 5, critical: 8 }],
    ['one.test', ['-w', '0.0000001', '-c', '8'], { warning: 1e-7, critical: 8 }],
    ['one.test', ['-w', '0.0000001', '-c', '0.0000001'], { warning: 1e-7, critical: 1e-7 }],
  ]
  test.each(cases)('[BT40, BT41] %s %j', async (name, words, options) => {
    await using server = await nameServer()
    const theirs = await checkDig(server.port, name, ...words)
    const own = await rig.run('dns', { name, server: '127.0.0.1', port: server.port, ...options })
    expect([own.output, own.code]).toEqual([own.output, theirs])
  })
})
