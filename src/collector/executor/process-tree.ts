import { readdirSync, readFileSync } from 'node:fs'

/** Bound of a walk: a plugin that forks without end is not followed for ever; most of what it starts is in one group anyway. */
const PROCESSES_MAX = 1024

/**
 * Process groups that a process' descendants have made for themselves, as `timeout` and `setsid` do: a signal to the group of their
 * ancestor does not reach them. Where the kernel does not tell children (`/proc/PID/task/TID/children`) there are none to be found.
 */
export function groupsBelow(pid: number): readonly number[] {
  const groups = new Set<number>()
  const waiting = [pid]
  for (let seen = 0; seen < PROCESSES_MAX; seen++) {
    const parent = waiting.pop()
    if (parent === undefined) break
    for (const child of childrenOf(parent)) {
      waiting.push(child)
      const group = groupOf(child)
      if (group !== undefined && group !== pid) groups.add(group)
    }
  }
  return [...groups]
}

function childrenOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1')
        .split(' ')
        .filter((word) => word !== '')
        .map(Number),
    )
  } catch {
    return [] // it has ended meanwhile
  }
}

/** Third field behind the name of the program, which may itself hold blanks and brackets (proc(5)). */
function groupOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const group = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2])
    return group > 1 ? group : undefined
  } catch {
    return undefined
  }
}
