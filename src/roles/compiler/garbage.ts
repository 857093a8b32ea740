import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

type Collect = (how: {
  readonly type: 'major'
  readonly execution: 'sync'
  readonly flavor: 'last-resort'
}) => void

let collect: Collect | undefined

/**
 * Gives memory back to the system that reading a large configuration took: by itself a thread does so only when it is pressed. Of 50,000 services
 * an ordinary collection leaves 420 MB with the process, this one 140; it takes a quarter of a second.
 */
export function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc')
    collect = runInNewContext('gc') as Collect
  }
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}
