import { instant } from '../src/base/instant.ts'
import { serviceCheckId } from '../src/domain/check-id.ts'
import type { CheckResult } from '../src/domain/check-result.ts'
import type { Perfdatum } from '../src/domain/perfdatum.ts'
import { FieldWriter } from '../src/adapters/postgres/binary.ts'
import type { Client } from '../src/adapters/postgres/connection.ts'
import { startCopy } from '../src/adapters/postgres/copy.ts'
import type { Effects, Sample, StoredResult } from '../src/results/ports.ts'
import type { ObjectRecord } from '../src/results/state/record.ts'

export interface Load {
  readonly checks: number
  readonly from: number
  readonly count: number
  readonly at: number
}
const history = Array.from({ length: 21 }, () => 0)

/** What `count` results of service checks would do: 110 bytes of output, four values, every object touched. */
export function effectsOf({ checks, from, count, at }: Load): Effects {
  const stored: StoredResult[] = []
  const samples: Sample[] = []
  const records = new Map<string, ObjectRecord>()
  for (let seq = from; seq < from + count; seq++) {
    const checkId = serviceCheckId(
      `host-${(seq % checks) % 100}.example.net`,
      `service-${seq % checks}`,
    )
    const rta = ((seq * 7919) % 1000) / 10
    const finishedAt = instant(at + seq - from)
    const output = `PING OK - Packet loss = 0%, RTA = ${rta} ms; the rest of this line fills it up to one hundred and ten bytes..`
    const perfdata = `rta=${rta}ms;100;200;0; pl=0%;20;60;0;100 size=${seq}B;;;0 time=0.0${seq % 90}s;;;0;10`
    const result: CheckResult = {
      collector: 'collector-1',
      boot: 'boot-1',
      seq,
      checkId,
      origin: 'scheduled',
      dueAt: instant(finishedAt - 60),
      startedAt: instant(finishedAt - 40),
      finishedAt,
      outcome: { kind: 'exited', code: 0, output, longOutput: '', perfdata },
    }
    stored.push({ result, verdict: 'counted' })
    const p: Perfdatum[] = [
      { label: 'rta', value: rta, unit: 'ms', warn: '100', crit: '200', min: 0, max: null },
      { label: 'pl', value: 0, unit: '%', warn: '20', crit: '60', min: 0, max: 100 },
      { label: 'size', value: seq, unit: 'B', warn: null, crit: null, min: 0, max: null },
      {
        label: 'time',
        value: (seq % 90) / 1000,
        unit: 's',
        warn: null,
        crit: null,
        min: 0,
        max: 10,
      },
    ]
    samples.push({ checkId, at: finishedAt, perfdata: p })
    records.set(checkId, {
      checkId,
      state: 'ok',
      type: 'hard',
      attempt: 1,
      lastHardState: 'ok',
      flapping: { isFlapping: false, percent: 0, history },
      lastResultAt: finishedAt,
      lastChangeAt: instant(at),
      lastHardChangeAt: instant(at),
      output,
      longOutput: '',
      perfdata,
      executionMs: 40,
      latencyMs: 20,
    })
  }
  return {
    history: stored,
    samples,
    records: [...records.values()],
    changes: [],
    watermarks: [{ version: 1, collector: 'collector-1', boot: 'boot-1', seq: from + count - 1 }],
  }
}

/** The rows of the same results, as bare as they get: made ahead of the transaction, nothing looked up. */
export async function copyEffectsOnly(client: Client, table: string, load: Load): Promise<void> {
  const output =
    'PING OK - Packet loss = 0%, RTA = 12.3 ms; the rest of this line fills it up to one hundred and ten bytes..'
  const perfdata = 'rta=12.3ms;100;200;0; pl=0%;20;60;0;100 size=1000000B;;;0 time=0.042s;;;0;10'
  const fields = new FieldWriter()
  fields.beginCopy()
  for (let seq = load.from; seq < load.from + load.count; seq++) {
    fields.row(11)
    fields.int8(load.at + seq - load.from)
    for (const number of [(seq % load.checks) + 1, 40, 1]) fields.int4(number)
    fields.int2(1)
    fields.int2(0)
    fields.int4(1)
    fields.none()
    fields.text(output)
    fields.text(perfdata)
    fields.float8Array(4, (index) => seq + index)
  }
  await client.query('BEGIN')
  const columns =
    'at, check_no, ran_ms, collector_no, state, use, layout_no, claimed_at, output, perfdata, points'
  await startCopy(client, `COPY ${table} (${columns}) FROM STDIN WITH (FORMAT binary)`, [
    fields.endCopy(),
  ]).done
  await client.query('COMMIT')
}
