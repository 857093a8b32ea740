import type { CollectorOrder, CollectorRow } from '../../wire/api/network.ts'
import { orderAnswer } from '../../wire/api/network.ts'
import type { Client } from '../client.ts'
import type { Terminal } from '../terminal.ts'
import { goOn, hang, kill, runCommand, type Victim } from './processes.ts'
import type { Until } from './until.ts'
import type { Watch } from './watch.ts'

export const DRILLS = ['kill', 'hang', 'cut', 'drain', 'clock'] as const
export type DrillKind = (typeof DRILLS)[number]

/** Something that fails for real, and how it is made good. */
export interface Fault {
  /** Such as `east.c1: process 4711 is killed`. */
  readonly what: string
  /** Returns when it failed, by the hub's clock. */
  begin(): Promise<number>
  /** May be called again. */
  undo(): Promise<void>
}

export interface FaultParts {
  readonly kind: DrillKind
  /** `undefined`: the hub itself. */
  readonly collector: string | undefined
  readonly victim: Victim | undefined
  readonly command: string | undefined
  readonly undoCommand: string | undefined
  readonly client: Client
  readonly watch: Watch
  readonly until: Until
  readonly terminal: Terminal
}

/** By the order of the hub, a command, a signal to a process that is here, or the hand of the operator. Rule DR8 of docs/spec/drill.md. */
export function faultOf(parts: FaultParts): Fault {
  const { kind, collector, victim, command } = parts
  if (kind === 'drain' && collector !== undefined) return drained(parts, collector)
  if (command !== undefined) return byCommand(parts, command)
  if (victim !== undefined && (kind === 'kill' || kind === 'hang')) return bySignal(parts, victim)
  return byHand(parts)
}

function drained({ client, watch }: FaultParts, collector: string): Fault {
  const order = (wanted: CollectorOrder): Promise<unknown> =>
    client.post(`/api/v1/collectors/${encodeURIComponent(collector)}/orders`, wanted, orderAnswer)
  let isDone = false
  return {
    what: `${collector} is drained`,
    async begin() {
      const at = watch.now()
      isDone = true
      await order({ kind: 'drain' })
      return at
    },
    async undo() {
      if (isDone) await order({ kind: 'uncordon' })
      isDone = false
    },
  }
}

function byCommand(parts: FaultParts, command: string): Fault {
  const { collector = 'the hub', kind, undoCommand, watch, terminal } = parts
  let isDone = false
  return {
    what: `${collector} (${kind}): ${command}`,
    async begin() {
      const at = watch.now()
      isDone = true
      await runCommand(command)
      return at
    },
    async undo() {
      if (!isDone) return
      isDone = false
      if (undoCommand === undefined) terminal.say(`Now make it good: ${HANDS[kind].undo}`)
      else await runCommand(undoCommand)
    },
  }
}

function bySignal(
  { kind, collector = 'the hub', watch, terminal, undoCommand }: FaultParts,
  victim: Victim,
): Fault {
  let isDone = false
  return {
    what: `${collector}: process ${victim.pid} is ${kind === 'kill' ? 'killed' : 'stopped'}`,
    async begin() {
      const at = watch.now()
      isDone = true
      if (kind === 'kill') kill(victim)
      else hang(victim)
      return at
    },
    async undo() {
      if (!isDone) return
      isDone = false
      goOn(victim)
      if (undoCommand !== undefined) await runCommand(undoCommand)
      else if (kind === 'kill' && victim.watchdog === 0)
        terminal.say('It has no watchdog: start it again, if systemd does not')
    },
  }
}

/** What an operator does, as it is said to him. */
const HANDS: Readonly<Record<DrillKind, { readonly begin: string; readonly undo: string }>> = {
  kill: { begin: 'end it with kill -9, or its power', undo: 'start it again' },
  hang: { begin: 'stop it with kill -STOP', undo: 'let it go on with kill -CONT' },
  cut: { begin: 'cut its link', undo: 'mend its link' },
  drain: { begin: 'drain it', undo: 'uncordon it' },
  clock: { begin: 'set its clock wrong', undo: 'set its clock right' },
}

const CLOCK_STEP_MS = 500

function byHand({ kind, collector, watch, until, terminal }: FaultParts): Fault {
  const name = collector ?? 'the hub'
  let isDone = false
  const failedAt = async (): Promise<number | undefined> => {
    const rows = await watch.collectors()
    if (collector === undefined) return rows === undefined ? watch.now() : undefined
    const row = rows?.find(({ id }) => id === collector)
    if (row === undefined) return undefined
    if (kind === 'clock') return offsetOf(row) > CLOCK_STEP_MS ? watch.now() : undefined
    // It lived until we heard it last: what is counted from there is too long rather than too short.
    return row.health === 'live' ? undefined : Date.parse(row.lastSeenAt ?? row.since)
  }
  return {
    what: `${name}: somebody is asked to ${HANDS[kind].begin}`,
    async begin() {
      terminal.say(`${name}: ${HANDS[kind].begin} now, I am watching`)
      const at = await until.must(`the failure of ${name}`, failedAt)
      isDone = true
      return at
    },
    undo() {
      if (isDone) terminal.say(`${name}: ${HANDS[kind].undo} now, I am watching`)
      isDone = false
      return Promise.resolve()
    },
  }
}

/** To the hub that is farthest. */
export function offsetOf({ clocks }: CollectorRow): number {
  return Math.max(0, ...clocks.map(({ offsetMs }) => Math.abs(offsetMs)))
}
