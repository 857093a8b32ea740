import type { Instant } from '../../base/instant.ts'
import { checkNameOf } from '../../domain/check-id.ts'
import type { CheckResult } from '../../domain/check-result.ts'
import type { Perfdatum } from '../../domain/perfdatum.ts'
import type { Sample } from '../../results/ports.ts'
import { observeHost, observeService, type Observation } from '../../results/state/observation.ts'
import type { ObjectRecord } from '../../results/state/record.ts'
import type { ObjectState } from '../../domain/state-names.ts'
import type { FiledResult } from './batch.ts'
import { FieldWriter, TEXT } from './binary.ts'
import { codeOfOrigin, codeOfState, codeOfUse } from './codes.ts'
import type { NumberedNames } from './names.ts'
import type { LayoutOf } from './perf-layouts.ts'
import { LONG_OUTPUT_MAX, OUTPUT_MAX, PERFDATA_MAX, storable } from './texts.ts'

export interface Numbers {
  readonly checks: NumberedNames
  readonly collectors: NumberedNames
}

/** Rows in the form that PostgreSQL reads fastest; column orders belong to the statements in result-store.ts. */
export interface RowEncoder {
  /** at, check_no, ran_ms, collector_no, state, use, layout_no, claimed_at, output, perfdata, points, origin */
  results(rows: readonly FiledResult[], layoutOf: LayoutOf): Iterable<Buffer>
  /** first_at, check_no, layout_no, times, points: one sample each */
  loose(rows: readonly Sample[], layoutOf: LayoutOf): Iterable<Buffer>
  /** A text[] of JSON. Like the chunks above a view that the next batch overwrites. */
  records(records: readonly ObjectRecord[]): Buffer
}

/** Small enough that the server starts early, large enough that it is not woken for nothing. */
const ROWS_PER_CHUNK = 256

const INT4_MAX = 2_147_483_647

export function createRowEncoder({ checks, collectors }: Numbers): RowEncoder {
  const fields = new FieldWriter()
  const texts = new FieldWriter()
  return {
    *results(rows, layoutOf) {
      fields.beginCopy()
      let inChunk = 0
      for (const { stored, at, claimedAt, sample } of rows) {
        const { result, verdict } = stored
        const seen = observe(result)
        fields.row(12)
        fields.int8(at)
        fields.int4(checks.numberOf(result.checkId))
        fields.int4(lengthOf(result.startedAt, result.finishedAt))
        fields.int4(collectors.numberOf(result.collector))
        fields.int2(codeOfState(seen.state))
        fields.int2(codeOfUse(verdict))
        if (sample === undefined) fields.none()
        else fields.int4(layoutOf(sample))
        if (claimedAt === null) fields.none()
        else fields.int8(claimedAt)
        fields.text(storable(seen.output, OUTPUT_MAX))
        fields.text(storable(seen.perfdata, PERFDATA_MAX))
        if (sample === undefined) fields.none()
        else points(fields, sample)
        fields.int2(codeOfOrigin(result.origin))
        if (++inChunk < ROWS_PER_CHUNK) continue
        inChunk = 0
        yield fields.chunk()
      }
      yield fields.endCopy()
    },

    *loose(rows, layoutOf) {
      fields.beginCopy()
      for (const sample of rows) {
        fields.row(5)
        fields.int8(sample.at)
        fields.int4(checks.numberOf(sample.checkId))
        fields.int4(layoutOf(sample))
        fields.int4Array([0])
        points(fields, sample)
      }
      yield fields.endCopy()
    },

    records(records) {
      texts.beginArray(TEXT, records.length)
      for (const record of records) texts.text(recordText(record))
      return texts.chunk()
    },
  }
}

function points(fields: FieldWriter, { perfdata }: Sample): void {
  fields.float8Array(perfdata.length, (index) => (perfdata[index] as Perfdatum).value)
}

function observe(result: CheckResult): Observation<ObjectState> {
  const isHost = checkNameOf(result.checkId).service === undefined
  return isHost ? observeHost(result) : observeService(result)
}

/** A clock that was set while the check ran can make it negative or absurd; it is kept as it was said, within four bytes. */
function lengthOf(from: Instant, to: Instant): number {
  return Math.max(-INT4_MAX, Math.min(INT4_MAX, Math.round(to - from)))
}

/** JSON escapes what PostgreSQL's text refuses, but its json type would refuse those escapes when somebody looks. */
const ESCAPED_ODDITY = /\\u(0000|d[89a-f])/

function recordText(record: ObjectRecord): string {
  const isLong =
    record.output.length > OUTPUT_MAX ||
    record.longOutput.length > LONG_OUTPUT_MAX ||
    record.perfdata.length > PERFDATA_MAX
  const text = isLong ? '' : JSON.stringify(record)
  if (!isLong && !(text.includes('\\u') && ESCAPED_ODDITY.test(text))) return text
  return JSON.stringify({
    ...record,
    output: storable(record.output, OUTPUT_MAX),
    longOutput: storable(record.longOutput, LONG_OUTPUT_MAX),
    perfdata: storable(record.perfdata, PERFDATA_MAX),
  } satisfies ObjectRecord)
}
