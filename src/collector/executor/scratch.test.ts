import { Buffer } from 'node:buffer'
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createScratch } from './scratch.ts'

/** Larger than any process id can be. */
const ENDED = `parallax-${2 ** 22 + 1}-0123456789ab`
const NOBODY = 65_534
let parent: string

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'parallax-scratch-'))
})
afterEach(() => rmSync(parent, { recursive: true, force: true }))

test('[PX18] files of a process that was killed are removed by the next one', () => {
  mkdirSync(join(parent, ENDED))
  const scratch = createScratch(Buffer.alloc(16), parent)
  expect(readdirSync(parent)).toEqual([scratch.folder.slice(parent.length + 1)])
  scratch.close()
  expect(existsSync(scratch.folder)).toBe(false)
})

test.runIf(process.getuid?.() === 0)(
  '[PX18] what another user’s process left keeps nobody from starting',
  () => {
    mkdirSync(join(parent, ENDED), { mode: 0o700 })
    chmodSync(parent, 0o1777)
    chownSync(join(parent, ENDED), 1, 1)
    const module = JSON.stringify(join(import.meta.dirname, 'scratch.ts'))
    const script = `import { createScratch } from ${module}
      createScratch(Buffer.alloc(16), ${JSON.stringify(parent)}).close()`
    const user = ['--reuid', `${NOBODY}`, '--regid', `${NOBODY}`, '--clear-groups']
    execFileSync('setpriv', [...user, process.execPath, '--input-type=module', '--eval', script])
    expect(readdirSync(parent)).toEqual([ENDED])
  },
)
