import type {
  PassiveTaken,
  PlanAcknowledgement,
  PlanDecision,
  RecheckRequest,
  Watermark,
} from '../subjects.ts'
import {
  count,
  fields,
  instantIn,
  list,
  name,
  NAME_MAX,
  refuse,
  text,
  type Fields,
} from './fields.ts'
import { readCheckId } from './result-batch.ts'

const CHECKS_MAX = 2_000_000
const REASON_MAX = 100_000

/** @throws Unreadable */
export function readPlanDecision(value: unknown): PlanDecision {
  const decision = versioned(value)
  name(decision['hub'], 'hub')
  name(decision['job'], 'job')
  if (decision['decision'] !== 'activate' && decision['decision'] !== 'withdraw')
    refuse('the decision is unknown')
  return value as PlanDecision
}

/** @throws Unreadable */
export function readPlanAcknowledgement(value: unknown): PlanAcknowledgement {
  const acknowledgement = versioned(value)
  name(acknowledgement['job'], 'job')
  name(acknowledgement['collector'], 'collector')
  const answer = fields(acknowledgement['answer'], 'answer')
  const { kind } = answer
  if (kind === 'refused') text(answer['reason'], REASON_MAX, 'reason')
  else if (kind !== 'staged' && kind !== 'active') refuse('the answer is unknown')
  return value as PlanAcknowledgement
}

/** @throws Unreadable */
export function readRecheckRequest(value: unknown): RecheckRequest {
  const request = versioned(value)
  for (const id of list(request['checkIds'], CHECKS_MAX, 'checkIds')) readCheckId(id)
  instantIn(request['requestedAt'], 'requestedAt')
  return value as RecheckRequest
}

/** @throws Unreadable */
export function readWatermark(value: unknown): Watermark {
  const mark = versioned(value)
  if (mark['hub'] !== undefined) text(mark['hub'], NAME_MAX, 'hub')
  name(mark['collector'], 'collector')
  name(mark['boot'], 'boot')
  count(mark['seq'], 0, 'seq')
  return value as Watermark
}

/** @throws Unreadable */
export function readPassiveTaken(value: unknown): PassiveTaken {
  return versioned(value) as unknown as PassiveTaken
}

/** The one who reads looks at which version it is: it may want to answer. */
function versioned(value: unknown): Fields {
  const message = fields(value, 'a message')
  count(message['version'], 1, 'version')
  return message
}
