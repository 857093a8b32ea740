import type { Clock } from '../../base/clock.ts'
import { instant } from '../../base/instant.ts'
import type { CheckId } from '../../domain/check-id.ts'
import type { IncidentChange, IncidentKind } from '../../results/decision/observer-incidents.ts'
import type { Receipt } from '../../results/decision/receipt.ts'
import type {
  EvidencePage,
  EvidenceRow,
  IncidentQuery,
  PageQuery,
  ReceiptPage,
  ReceiptQuery,
  StoredIncident,
  VerdictStore,
} from '../../results/ports.ts'
import { arrayText } from './array-text.ts'
import { codeOfOrigin, codeOfUse, stateOfCode } from './codes.ts'
import { repeatably, type Client, type Pool } from './connection.ts'
import { storable } from './texts.ts'

/** Kept of each collector and check for the time after a restart. */
const EVIDENCE_KEPT = 4
/** Results that are read at a restart. */
const EVIDENCE_MAX = 1_000_000
const RECEIPT_MAX = 1_000_000
const OPEN_INCIDENTS_MAX = 10_000
const PROBE = codeOfOrigin('probe')

/** Their key is what makes a repeated commit harmless; of two of the same kind in one millisecond the last one stands. */
export async function saveReceipts(
  client: Client,
  receipts: readonly Receipt[],
  numberOf: (checkId: CheckId) => number,
): Promise<void> {
  if (receipts.length === 0) return
  const last = new Map(receipts.map((one) => [`${one.at} ${one.kind} ${one.checkId}`, one]))
  const rows = [...last.values()]
  await client.query({
    name: 'save-receipts',
    text: `INSERT INTO verdict_receipt (at, check_no, kind, receipt)
      SELECT * FROM unnest($1::int8[], $2::int4[], $3::text[], $4::text[])
      ON CONFLICT (check_no, at, kind) DO UPDATE SET receipt = excluded.receipt`,
    values: [
      arrayText(rows, ({ at }) => at),
      arrayText(rows, ({ checkId }) => numberOf(checkId as CheckId)),
      rows.map(({ kind }) => kind),
      rows.map((receipt) => storable(JSON.stringify(receipt), RECEIPT_MAX)),
    ],
  })
}

/** Opened and closed in their order; saying it twice changes nothing. */
export async function saveIncidents(
  client: Client,
  changes: readonly IncidentChange[],
): Promise<void> {
  for (const { at, change, incident } of changes) {
    const { key, since, kind, observer, subject, text } = incident
    await client.query({
      name: 'save-incident',
      text: `INSERT INTO observer_incident (incident, opened_at, closed_at, kind, observer, subject, body)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (incident, opened_at) DO UPDATE SET closed_at = excluded.closed_at, body = excluded.body`,
      values: [key, since, change === 'closed' ? at : null, kind, observer, subject, text],
    })
  }
}

/** Rules ST21 and ST22 of docs/spec/store.md. */
export function createVerdictStore(pool: Pool, clock: Clock): VerdictStore {
  return {
    recentEvidence: (checks, since) =>
      repeatably(pool, clock, (client) => readEvidence(client, checks, since)),
    receipts: (query) => repeatably(pool, clock, (client) => readReceipts(client, query)),
    receiptPage: (query) => repeatably(pool, clock, (client) => readReceiptPage(client, query)),
    evidencePage: (query) => repeatably(pool, clock, (client) => readEvidencePage(client, query)),
    incidents: (query) => repeatably(pool, clock, (client) => readIncidents(client, query)),
    openIncidents: () => repeatably(pool, clock, readOpenIncidents),
  }
}

async function readEvidence(
  client: Client,
  checks: readonly CheckId[],
  since: number,
): Promise<readonly EvidenceRow[]> {
  const { rows } = await client.query<{
    readonly check_id: CheckId
    readonly collector: string
    readonly at: number
    readonly ran_ms: number
    readonly state: number
    readonly output: string
    readonly origin: number | null
  }>(
    `SELECT check_id, collector, at, ran_ms, state, output, origin FROM (
      SELECT check_id, collector, at, ran_ms, state, output, origin,
        row_number() OVER (PARTITION BY check_no, collector_no ORDER BY at DESC) AS place
      FROM result JOIN check_name USING (check_no) JOIN collector_name USING (collector_no)
      WHERE at >= $1 AND claimed_at IS NULL AND check_id = ANY($2::text[]) AND use <> $3
    ) AS recent WHERE place <= ${EVIDENCE_KEPT} ORDER BY at LIMIT ${EVIDENCE_MAX}`,
    [since, [...checks], codeOfUse('clock-suspect')],
  )
  return rows.map((row) => ({
    checkId: row.check_id,
    collector: row.collector,
    startedAt: instant(row.at - row.ran_ms),
    state: stateOfCode(row.state),
    output: row.output,
    isProbe: row.origin === PROBE,
  }))
}

async function readReceipts(
  client: Client,
  { checkId, from, to, limit }: ReceiptQuery,
): Promise<readonly Receipt[]> {
  const { rows } = await client.query<{ readonly receipt: string }>(
    `SELECT receipt FROM verdict_receipt WHERE at >= $1 AND at < $2
      ${checkId === undefined ? '' : 'AND check_no = (SELECT check_no FROM check_name WHERE check_id = $4)'}
    ORDER BY at DESC LIMIT $3`,
    checkId === undefined ? [from, to, limit] : [from, to, limit, checkId],
  )
  return rows.map(({ receipt }) => JSON.parse(receipt) as Receipt)
}

/** A place between two rows is `at.check.kind` of the one before it. */
async function readReceiptPage(
  client: Client,
  { from, to, after, limit }: PageQuery,
): Promise<ReceiptPage> {
  const [at = String(from), checkNo = '0', kind = ''] = after?.split('.') ?? []
  const { rows } = await client.query<{
    readonly at: number
    readonly check_no: number
    readonly kind: string
    readonly receipt: string
  }>(
    `SELECT at, check_no, kind, receipt FROM verdict_receipt
    WHERE at >= $1 AND at < $2 AND (at, check_no, kind) > ($6::int8, $3, $4)
    ORDER BY at, check_no, kind LIMIT $5`,
    [Math.max(from, Number(at)), to, checkNo, kind, limit, at],
  )
  const last = rows.length < limit ? undefined : rows.at(-1)
  return {
    receipts: rows.map(({ receipt }) => JSON.parse(receipt) as Receipt),
    next: last && `${last.at}.${last.check_no}.${last.kind}`,
  }
}

/** A place between two rows is `at.check.collector` of the one before it. */
async function readEvidencePage(
  client: Client,
  { from, to, after, limit }: PageQuery,
): Promise<EvidencePage> {
  const [at = from, checkNo = 0, collectorNo = 0] = after?.split('.').map(Number) ?? []
  const { rows } = await client.query<{
    readonly at: number
    readonly check_no: number
    readonly collector_no: number
    readonly ran_ms: number
    readonly check_id: CheckId
    readonly collector: string
    readonly state: number
    readonly output: string
    readonly origin: number | null
  }>(
    `SELECT at, check_no, collector_no, ran_ms, check_id, collector, state, output, origin
    FROM result JOIN check_name USING (check_no) JOIN collector_name USING (collector_no)
    WHERE at >= $1 AND at < $2 AND (at, check_no, collector_no) > ($7::int8, $3, $4)
      AND claimed_at IS NULL AND use <> $6
    ORDER BY at, check_no, collector_no LIMIT $5`,
    [Math.max(from, at), to, checkNo, collectorNo, limit, codeOfUse('clock-suspect'), at],
  )
  const last = rows.length < limit ? undefined : rows.at(-1)
  return {
    rows: rows.map((row) => ({
      checkId: row.check_id,
      collector: row.collector,
      startedAt: instant(row.at - row.ran_ms),
      finishedAt: instant(row.at),
      state: stateOfCode(row.state),
      output: row.output,
      isProbe: row.origin === PROBE,
    })),
    next: last && `${last.at}.${last.check_no}.${last.collector_no}`,
  }
}

interface IncidentLine {
  readonly incident: string
  readonly opened_at: number
  readonly closed_at: number | null
  readonly kind: IncidentKind
  readonly observer: string
  readonly subject: string | null
  readonly body: string
}

async function readIncidents(client: Client, { from, to, limit }: IncidentQuery) {
  const { rows } = await client.query<IncidentLine>(
    `SELECT * FROM observer_incident WHERE opened_at < $2 AND (closed_at IS NULL OR closed_at >= $1)
    ORDER BY opened_at DESC LIMIT $3`,
    [from, to, limit],
  )
  return rows.map(incidentOf)
}

async function readOpenIncidents(client: Client) {
  const { rows } = await client.query<IncidentLine>(
    'SELECT * FROM observer_incident WHERE closed_at IS NULL ORDER BY opened_at DESC LIMIT $1',
    [OPEN_INCIDENTS_MAX],
  )
  return rows.map(incidentOf)
}

function incidentOf(row: IncidentLine): StoredIncident {
  return {
    key: row.incident,
    kind: row.kind,
    observer: row.observer,
    subject: row.subject,
    text: row.body,
    openedAt: instant(row.opened_at),
    closedAt: row.closed_at === null ? null : instant(row.closed_at),
  }
}
