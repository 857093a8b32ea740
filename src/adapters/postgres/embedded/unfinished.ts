import { rm } from 'node:fs/promises'
import type { Clock } from '../../../base/clock.ts'
import { unfinishedFolder, type ClusterFolder } from './cluster-folder.ts'
import { processesIn, processesWith, signal } from '../../process/processes.ts'

const POLL_MS = 5
const END_MAX_MS = 4_000

/**
 * After a `kill -9` of Parallax its initdb goes on alone. It would write into the folder of the next one, and empty it when it fails: so it
 * ends here, with what it started, and its folder goes.
 */
export async function clearUnfinished(folder: ClusterFolder, clock: Clock): Promise<void> {
  const unfinished = unfinishedFolder(folder)
  const until = clock.monotonicMs() + END_MAX_MS
  for (;;) {
    const left = [...processesWith(`--pgdata=${unfinished}`), ...processesIn(unfinished)]
    if (left.length === 0 || clock.monotonicMs() >= until) break
    for (const pid of left) signal(pid, 'SIGKILL')
    await clock.sleep(POLL_MS)
  }
  await rm(unfinished, { recursive: true, force: true })
}
