import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { DataFolderInUse, takeDataFolder } from './data-folder.ts'

const folder = mkdtempSync(join(tmpdir(), 'data-folder-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('the folder of a killed process is taken over, that of a living one is refused', async () => {
  const path = join(folder, 'deep', 'data')
  const first = takeDataFolder(path)
  first.release()

  const other = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)', 'parallax'], {
    stdio: 'ignore',
  })
  await new Promise((resolve) => other.once('spawn', resolve))
  writeFileSync(join(path, 'parallax.pid'), `${other.pid}\n`)
  expect(() => takeDataFolder(path)).toThrow(DataFolderInUse)
  const gone = new Promise((resolve) => other.once('exit', resolve))
  other.kill('SIGKILL')
  await gone
  takeDataFolder(path).release()
})

test('[WD6] one whose watchdog was killed is ended, one with a watchdog is not', async () => {
  const path = join(folder, 'watched')
  takeDataFolder(path).release()
  const start = async () => {
    const words = ['-e', 'setInterval(() => 0, 1000)', 'parallax']
    const child = spawn(process.execPath, words, { stdio: 'ignore' })
    await once(child, 'spawn')
    return child
  }
  const [program, watchdog] = [await start(), await start()]
  writeFileSync(join(path, 'parallax.pid'), `${program.pid}\n`)
  writeFileSync(join(path, 'parallax.watchdog.pid'), `${watchdog.pid}\n`)
  expect(() => takeDataFolder(path)).toThrow(DataFolderInUse)
  const gone = once(watchdog, 'exit')
  watchdog.kill('SIGKILL')
  await gone
  const ended = once(program, 'exit')
  takeDataFolder(path).release()
  expect(await ended).toEqual([null, 'SIGKILL'])
})
