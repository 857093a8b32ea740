import { afterAll, expect, test } from 'vitest'
import { prng } from '../../src/base/prng.ts'
import type { HistoryRow, ObjectRow } from '../../src/wire/api/objects.ts'
import { eventually, makePlace, startProgram, type Program } from './program.ts'

/** Services that are fed by the test, and one that the program checks by itself all the while. */
const SERVICES = 20
const KILLS = Number(process.env['PARALLAX_KILLS'] ?? 50)
const seed = Number(process.env['PARALLAX_SEED'] ?? 20_270_101)

const place = makePlace(`
commands:
  fine: { line: echo fine }
hosts:
  h:
    address: 127.0.0.1
    checkCommand: passive
services:
  own:
    host: h
    checkInterval: 1s
    checkCommand: fine
${Array.from({ length: SERVICES }, (_, n) => `  s${n}: { host: h, checkCommand: passive, maxCheckAttempts: 3 }`).join('\n')}
`)
afterAll(() => place.remove())

interface Sent {
  readonly code: number
  readonly at: string
  readonly output: string
}

test(
  `nothing that was accepted is lost in ${KILLS} kills at random moments`,
  async () => {
    const random = prng(seed)
    const accepted = new Map<string, Sent[]>(
      Array.from({ length: SERVICES }, (_, n) => [`s${n}`, []]),
    )
    let number = 0
    for (let kill = 0; kill < KILLS; kill++) {
      const program = await startProgram(place)
      const killed = new Promise<void>((resolve) => {
        setTimeout(() => void program.kill().then(resolve), 20 + random() * 700)
      })
      number = await submitUntilDead(program, accepted, number, random)
      await killed
    }
    const program = await startProgram(place)
    try {
      for (const [service, sent] of accepted) await expectNothingLost(program, service, sent)
    } finally {
      await program.stop()
    }
  },
  KILLS * 10_000 + 60_000,
)

/** Sends batches as fast as they are answered; counts as accepted only what was answered so. */
async function submitUntilDead(
  program: Program,
  accepted: Map<string, Sent[]>,
  first: number,
  random: () => number,
): Promise<number> {
  let number = first
  for (;;) {
    const batch = Array.from({ length: 1 + Math.floor(random() * 20) }, () => {
      number++
      // Strictly increasing times, so that none is late: the order of acceptance is the order of observation.
      return {
        host: 'h',
        service: `s${Math.floor(random() * SERVICES)}`,
        code: Math.floor(random() * 4),
        output: `n${number} | n=${number}`,
        at: new Date(Date.now()).toISOString(),
      }
    })
    try {
      const answer = await program.api<{ accepted: number }>('/api/v1/results', {
        method: 'POST',
        body: JSON.stringify({ results: batch }),
      })
      expect(answer.accepted).toBe(batch.length)
    } catch {
      return number
    }
    for (const { service, code, at, output } of batch)
      accepted.get(service)?.push({ code, at, output: output.split(' ')[0] as string })
  }
}

/** Every accepted result is in the history once, and the present is that of the last. */
async function expectNothingLost(
  program: Program,
  service: string,
  sent: readonly Sent[],
): Promise<void> {
  const id = encodeURIComponent(`h!${service}`)
  const outputs = await eventually(
    async () => {
      const rows: HistoryRow[] = []
      const { items } = await program.api<{ items: HistoryRow[] }>(
        `/api/v1/history?id=${id}&limit=10000`,
      )
      rows.push(...items)
      const seen = rows.map((row) => row.output)
      return sent.every((one) => seen.includes(one.output)) ? seen : undefined
    },
    10_000,
    `the whole history of ${service} (${sent.length} results)`,
  )
  expect(new Set(outputs).size, `${service} has a result twice`).toBe(outputs.length)
  const object = await program.api<ObjectRow & { output: string }>(`/api/v1/objects/${id}`)
  // What was sent but never answered may have been kept as well: then the present is newer than the last accepted one.
  const last = sent.at(-1)
  if (last !== undefined)
    expect(Number(object.output.slice(1))).toBeGreaterThanOrEqual(Number(last.output.slice(1)))
  expect(object.state).not.toBe('pending')
}
