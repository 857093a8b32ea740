import type { LeaseEnd, WorkOffer, WorkTaken } from '../work.ts'
import { count, fields, instantIn, name, refuse, text, texts, type Fields } from './fields.ts'
import { readCheckId, readOutcome } from './result-batch.ts'

/** Runtime macros of one command. */
const MACROS_MAX = 2_000
const REASON_MAX = 10_000

/** @throws Unreadable */
export function readWorkOffer(value: unknown): WorkOffer {
  const offer = leaseMessage(value, 'an offer of work')
  name(offer['owner'], 'owner')
  name(offer['revision'], 'revision')
  readCheckId(offer['checkId'])
  const { origin } = offer
  if (origin !== 'scheduled' && origin !== 'requested') refuse('origin is unknown')
  instantIn(offer['dueAt'], 'dueAt')
  texts(offer['macros'], MACROS_MAX, 'macros')
  return value as WorkOffer
}

/** @throws Unreadable */
export function readWorkTaken(value: unknown): WorkTaken {
  const taken = leaseMessage(value, 'an answer about work')
  name(taken['member'], 'member')
  name(taken['boot'], 'boot')
  return value as WorkTaken
}

/** @throws Unreadable */
export function readLeaseEnd(value: unknown): LeaseEnd {
  const end = leaseMessage(value, 'the end of a lease')
  name(end['member'], 'member')
  switch (end['kind']) {
    case 'ran':
      readOutcome(end)
      break
    case 'cannot':
    case 'shutting-down':
      text(end['reason'], REASON_MAX, 'reason')
      break
    default:
      refuse('the end of a lease is of an unknown kind')
  }
  return value as LeaseEnd
}

function leaseMessage(value: unknown, what: string): Fields {
  const message = fields(value, what)
  if (count(message['version'], 1, 'version') !== 1) refuse('the version is another one')
  name(message['lease'], 'lease')
  return message
}
