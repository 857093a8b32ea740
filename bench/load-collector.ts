import { join } from 'node:path'
import { openNatsBus } from '../src/adapters/nats/bus.ts'
import { openOutbox } from '../src/adapters/sqlite/outbox.ts'
import { systemClock } from '../src/adapters/system/clock.ts'
import { silentLog } from '../src/base/log.ts'
import { serviceCheckId } from '../src/domain/check-id.ts'
import { DEFAULT_COLLECTOR } from '../src/collector/collector.ts'
import { createResultBuffer } from '../src/collector/outbox/result-buffer.ts'
import { createWayToHubs } from '../src/collector/way-to-hubs.ts'
import { allWatermarks } from '../src/wire/subjects.ts'
import { pause } from './report.ts'

/** A collector without checks: results are made up, and go the real way through outbox, sender and NATS. Ends when the hub holds them all. */
export interface Load {
  readonly data: string
  readonly server: string
  readonly hub: string
  readonly collector: string
  readonly results: number
  readonly hosts: number
  readonly services: number
}

/** As many as a busy collector writes at once. */
const AT_ONCE = 500
/** Made and not confirmed. */
const AHEAD = 20_000

const load = JSON.parse(process.argv[2] ?? '') as Load
const { hub, collector: name, results } = load
const [clock, log] = [systemClock, silentLog]
const settings = DEFAULT_COLLECTOR
const boot = `load-${process.pid}`
const link = {
  hubs: [hub],
  servers: [load.server],
  ca: undefined,
  authenticator: undefined,
  inboxPrefix: undefined,
}
const bus = openNatsBus({ name, links: [link], clock, log })
const { promise: isOpen, resolve: opened } = Promise.withResolvers<void>()
bus.onOpen(() => opened())
await isOpen
const bounds = { bytesMax: 4e9, ageMaxMs: 86_400_000 }
const outbox = openOutbox({ path: join(load.data, 'outbox.sqlite'), ...bounds, clock, log })
const crash = (error: unknown): never => {
  throw error
}
const way = createWayToHubs({
  name,
  boot,
  hubs: [hub],
  bus,
  outbox,
  clock,
  log,
  settings,
  crash,
  nextSeq: () => buffer.total + 1,
  settled: () => undefined,
})
const buffer = createResultBuffer({ name, boot, ...way, clock, settings })
bus.subscribe(allWatermarks(name), ({ hub: from = hub, boot: of, seq }) => {
  if (!way.confirmations.note(from, of, seq)) return
  way.sender.progressed(from, of)
  buffer.noteWatermark(of, seq)
})

process.stdout.write('ready\n')
const held = (): number => way.confirmations.heldBy(hub, boot)
while (held() < results) {
  for (let n = 0; n < AT_ONCE && buffer.total < results && buffer.total - held() < AHEAD; n++)
    buffer.add(resultOf(buffer.total + 1))
  buffer.flush()
  buffer.tick()
  way.sender.tick()
  await (buffer.total < results && buffer.total - held() < AHEAD ? turn() : pause(5))
}
way.close()
outbox.close()
await bus.close()
process.exit(0)

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function resultOf(seq: number): Parameters<typeof buffer.add>[0] {
  const place = seq % (load.hosts * load.services)
  const at = clock.now()
  return {
    checkId: serviceCheckId(`h${place % load.hosts}`, `s${Math.floor(place / load.hosts)}`),
    origin: 'passive',
    dueAt: at,
    startedAt: at,
    finishedAt: at,
    outcome: {
      kind: 'exited',
      code: seq % 97 === 0 ? 2 : 0,
      output: `seq${seq} OK - everything is fine here and this line is about one hundred bytes long, as is usual`,
      longOutput: '',
      perfdata: `time=${(seq % 1000) / 1000}s;1;2;0;10 size=1234B;;;0 load1=0.15;5;10;0; users=3;20;50;0`,
    },
  }
}
