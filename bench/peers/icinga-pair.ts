import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pause } from '../report.ts'
import { ICINGA_USER, makeCertificates, startNode } from './icinga-daemon.ts'
import { killTree, treeOf } from './process-tree.ts'

/** One execution, as the node that stays says it: who ran it, when. */
interface Seen {
  readonly object: string
  readonly source: string
  readonly startedAt: number
}

export interface HangOfIcinga {
  /** Of each object that the hung node checked: until the other ran it, in ms. */
  readonly takeoversMs: readonly number[]
  /** Objects that the other never ran while it was watched. */
  readonly leftAlone: number
}

/** Cold start: a node takes nothing over in its first 30 s, and every object is to be run once before. */
const WARM_UP_MS = 105_000
const WATCH_MS = 180_000
const LOOK_EVERY_MS = 500

/** Two nodes of Icinga 2 in one zone share the hosts; one is stopped as a machine that hangs. */
export async function hangIcinga(hosts: number, intervalSeconds: number): Promise<HangOfIcinga> {
  const base = mkdtempSync(join(tmpdir(), 'icinga-pair-'))
  makeCertificates(base, ['a', 'b'])
  const objects = objectsOf(hosts, intervalSeconds)
  const nodes: ChildProcess[] = []
  const start = async (name: string, port: number): Promise<ChildProcess> => {
    const folder = join(base, name)
    const node = await startNode({ name, folder, port, objects, certificates: base })
    nodes.push(node)
    return node
  }
  try {
    const hung = await start('a', PORTS.a)
    await start('b', PORTS.b)
    const seen: Seen[] = []
    const stop = follow(PORTS.b, (one) => seen.push(one))
    await pause(WARM_UP_MS)
    const owners = new Map(seen.map(({ object, source }) => [object, source]))
    const owned = [...owners].flatMap(([object, source]) => (source === 'a' ? [object] : []))
    const at = Date.now()
    for (const pid of treeOf(hung.pid as number)) process.kill(pid, 'SIGSTOP')
    const taken = await taking(owned, seen, at)
    stop()
    const takeoversMs = owned.flatMap((object) => taken.get(object) ?? [])
    return { takeoversMs, leftAlone: owned.length - takeoversMs.length }
  } finally {
    for (const { pid } of nodes) if (pid !== undefined) killTree(pid)
    await pause(200)
    rmSync(base, { recursive: true, force: true })
  }
}

const PORTS = { a: 25_666, b: 25_667 } as const

async function taking(
  owned: readonly string[],
  seen: readonly Seen[],
  at: number,
): Promise<ReadonlyMap<string, number>> {
  const first = new Map<string, number>()
  const end = performance.now() + WATCH_MS
  for (let read = 0; performance.now() < end && !owned.every((object) => first.has(object));) {
    for (const { object, source, startedAt } of seen.slice(read))
      if (source === 'b' && startedAt > at && !first.has(object)) first.set(object, startedAt - at)
    read = seen.length
    await pause(LOOK_EVERY_MS)
  }
  return first
}

function objectsOf(hosts: number, seconds: number): string {
  return `object Endpoint "a" {
  host = "127.0.0.1"
  port = "${PORTS.a}"
}
object Endpoint "b" {
  host = "127.0.0.1"
  port = "${PORTS.b}"
}
object Zone "master" { endpoints = [ "a", "b" ] }
object CheckCommand "say" { command = [ PluginDir + "/check_dummy", "0", "ok" ] }
for (i in range(${hosts})) {
  object Host "h" + i {
    check_command = "say"
    check_interval = ${seconds}
    retry_interval = ${seconds}
  }
}
`
}

/** Its stream of check results, until the returned function is called. */
function follow(port: number, note: (seen: Seen) => void): () => void {
  const asked = request(
    {
      host: '127.0.0.1',
      port,
      method: 'POST',
      path: '/v1/events',
      auth: ICINGA_USER,
      rejectUnauthorized: false,
      headers: { accept: 'application/json', 'content-type': 'application/json' },
    },
    (response) => {
      const lines = createInterface({ input: response })
      lines.on('error', () => undefined) // the stream ends with the node
      lines.on('line', (line) => {
        if (!line.startsWith('{')) return
        const event = JSON.parse(line) as {
          readonly host: string
          readonly check_result: { readonly check_source: string; readonly execution_start: number }
        }
        const { check_source: source, execution_start: started } = event.check_result
        note({ object: event.host, source, startedAt: started * 1000 })
      })
    },
  )
  asked.on('error', () => undefined)
  asked.end(JSON.stringify({ queue: 'bench', types: ['CheckResult'] }))
  return () => asked.destroy()
}
