import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { namespaceGround } from './ground-namespaces.ts'

const SHAPE = { clusters: ['east'], targets: ['web'] }
const made = namespaceGround(SHAPE)
await made?.close()

const ip = (...parameters: string[]): string => execFileSync('ip', parameters, { encoding: 'utf8' })

const namesOf = (pid: number): readonly string[] =>
  `${ip('netns', 'list')}${ip('-o', 'link', 'show')}`
    .split('\n')
    .filter((line) => line.includes(`parallax-${pid}-`) || line.includes(`plx${pid}`))

afterEach(() => expect(namesOf(process.pid)).toEqual([]))

/** Where this user may make namespaces. */
test.runIf(made !== undefined)(
  'a test that is killed leaves namespaces, links and programs in them, and the next one removes them',
  async () => {
    const module = JSON.stringify(join(import.meta.dirname, 'ground-namespaces.ts'))
    const script = `import { spawn } from 'node:child_process'
      import { namespaceGround } from ${module}
      const ground = namespaceGround(${JSON.stringify(SHAPE)})
      const [command, ...rest] = [...ground.before('east'), 'sleep', '600']
      const child = spawn(command, rest, { detached: true, stdio: 'ignore' })
      child.once('spawn', () => console.log(child.pid))`
    const owner = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [said] = (await once(owner.stdout, 'data')) as [Buffer]
    const sleeper = Number(said.toString())
    const gone = once(owner, 'exit')
    owner.kill('SIGKILL')
    await gone
    const { pid = 0 } = owner
    expect(namesOf(pid)).not.toEqual([])
    await expect.poll(() => pidsIn(pid)).toEqual([sleeper])
    const ground = namespaceGround(SHAPE)
    await ground?.close()
    expect(namesOf(pid)).toEqual([])
    await expect.poll(() => isThere(sleeper)).toBe(false)
  },
)

function pidsIn(owner: number): readonly number[] {
  const pids = ip('netns', 'pids', `parallax-${owner}-east`)
  return pids.split('\n').filter(Boolean).map(Number)
}

/** What ended and was not waited for by anybody runs no more. */
function isThere(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}
