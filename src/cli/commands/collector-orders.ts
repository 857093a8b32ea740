import type { Command } from 'commander'
import { systemClock } from '../../adapters/system/clock.ts'
import { collectorRow, orderAnswer, type CollectorOrder } from '../../wire/api/network.ts'
import { hubCommand, withExamples, withHubOptions, type HubCommand } from '../command.ts'
import { CommandFailed, EXIT } from '../exit.ts'

/** What an operator tells collectors that run. They keep it over a restart. */
export function addCollectorOrders(collector: Command): void {
  addDrain(collector)
  addSimple(collector, {
    kind: 'cordon',
    description: 'stop its checks at once; others take its hosts over, and it stays without',
    examples: [
      ['parallax collector cordon east.c1', 'it does harm; a gap is the lesser evil'],
      ['parallax collector uncordon east.c1', 'it takes part again'],
    ],
  })
  addSimple(collector, {
    kind: 'uncordon',
    description: 'let it take part again, after drain or cordon',
    examples: [
      ['parallax collector uncordon east.c1', 'its hosts come back without a gap'],
      ['parallax collector uncordon east.c1 east.c2', 'several'],
    ],
  })
  addWeight(collector)
}

/** Handing over takes a notice of some seconds. */
const DRAIN_MS_MAX = 60_000
const LOOK_EVERY_MS = 500

function addDrain(collector: Command): void {
  const command = collector
    .command('drain')
    .argument('<ids...>', 'cluster.name, such as east.c1')
    .description('hand its hosts over without a gap and keep it without, until uncordon')
    .option('--no-wait', 'do not wait until it has no hosts')
  withExamples(command, [
    ['parallax collector drain east.c1 && ssh c1 reboot', 'it has no hosts when this ends'],
    ['parallax collector uncordon east.c1', 'afterwards'],
  ])
  withHubOptions(command).action(
    async (ids: readonly string[], flags: { wait: boolean }, self: Command) => {
      const hub = hubCommand(self)
      for (const id of ids.map(idOf)) {
        await order(hub, id, { kind: 'drain' })
        if (flags.wait) await untilEmpty(hub, id)
        hub.terminal.say(flags.wait ? `${id} has no hosts any more` : `${id} hands its hosts over`)
      }
    },
  )
}

/** @throws CommandFailed `partial` when it takes longer than a minute, or is lost on the way */
async function untilEmpty({ client }: HubCommand, id: string): Promise<void> {
  const path = `/api/v1/collectors/${encodeURIComponent(id)}`
  const deadline = systemClock.monotonicMs() + DRAIN_MS_MAX
  for (;;) {
    const { standing, hosts, health } = await client.get(path, collectorRow)
    if (standing === 'cordoned' && hosts === 0 && health !== 'lost') return
    if (health === 'lost')
      throw new CommandFailed(
        EXIT.partial,
        `${id} was lost before it had handed over`,
        '`parallax get collectors` shows who has its hosts',
      )
    if (systemClock.monotonicMs() > deadline)
      throw new CommandFailed(
        EXIT.partial,
        `${id} still has ${hosts} hosts after ${DRAIN_MS_MAX / 1000} s`,
        'it goes on handing over without this command',
      )
    await systemClock.sleep(LOOK_EVERY_MS)
  }
}

interface SimpleOrder {
  readonly kind: 'cordon' | 'uncordon'
  readonly description: string
  readonly examples: Parameters<typeof withExamples>[1]
}

function addSimple(collector: Command, { kind, description, examples }: SimpleOrder): void {
  const command = collector
    .command(kind)
    .argument('<ids...>', 'cluster.name, such as east.c1')
    .description(description)
  withExamples(command, examples)
  withHubOptions(command).action(async (ids: readonly string[], _: object, self: Command) => {
    const hub = hubCommand(self)
    for (const id of ids.map(idOf)) {
      const standing = await order(hub, id, { kind })
      hub.terminal.say(`${id} is ${standing}`)
    }
  })
}

function addWeight(collector: Command): void {
  const command = collector
    .command('weight')
    .argument('<id>', 'cluster.name, such as east.c1')
    .argument('<weight>', 'its capacity compared with the others, 0.01 to 100; 1 is ordinary')
    .description('give a collector more or fewer hosts, without a gap')
  withExamples(command, [
    ['parallax collector weight east.c1 2', 'twice as many hosts as an ordinary one'],
    ['parallax collector weight east.c1 0.5', 'half as many'],
  ])
  withHubOptions(command).action(async (id: string, text: string, _: object, self: Command) => {
    const hub = hubCommand(self)
    const weight = weightOf(text)
    await order(hub, idOf(id), { kind: 'weight', weight })
    hub.terminal.say(`${idOf(id)} has weight ${weight}`)
  })
}

function weightOf(text: string): number {
  const weight = Number(text)
  if (text.trim() !== '' && weight >= 0.01 && weight <= 100) return weight
  throw new CommandFailed(
    EXIT.usage,
    `the weight '${text}' cannot be used`,
    'write a number from 0.01 to 100',
  )
}

/** What `get collectors -o name` prints may be given back. */
function idOf(text: string): string {
  return text.replace(/^collectors?\//, '')
}

async function order({ client }: HubCommand, id: string, want: CollectorOrder): Promise<string> {
  const path = `/api/v1/collectors/${encodeURIComponent(id)}/orders`
  return (await client.post(path, want, orderAnswer)).standing
}
