import { Buffer } from 'node:buffer'
import { randomBytes } from 'node:crypto'

/** RFC 4330. Times of the protocol count seconds since 1900 with 32 bits of fraction. */
const EPOCH_SECONDS = 2_208_988_800
const ERA_SECONDS = 2 ** 32
const CLIENT_MODE = 0x23
const SERVER_MODE = 4
export const SNTP_BYTES = 48

/** A question carries 8 random bytes where its own time would stand: only who saw it can answer, and our clock stays private. */
export function sntpQuestion(): Buffer {
  const question = Buffer.alloc(SNTP_BYTES)
  question[0] = CLIENT_MODE
  randomBytes(8).copy(question, 40)
  return question
}

export interface SntpAnswer {
  /** Seconds that this machine's clock must be put forward to be right. */
  readonly offsetSeconds: number
  readonly stratum: number
}

/**
 * @param sentMs this machine's wall clock in ms when the question left, and `receivedMs` when the answer came
 * @returns why the answer is no use, in words; `other` is no answer to this question at all
 */
export function readSntpAnswer(
  message: Buffer,
  question: Buffer,
  sentMs: number,
  receivedMs: number,
): SntpAnswer | 'other' | 'not synchronised' {
  const isEcho =
    message.length >= SNTP_BYTES && message.subarray(24, 32).equals(question.subarray(40))
  const first = message[0] ?? 0
  if (!isEcho || (first & 7) !== SERVER_MODE) return 'other'
  const stratum = message[1] ?? 0
  if (first >> 6 === 3 || stratum === 0 || stratum > 15) return 'not synchronised'
  const came = timestampMs(message, 32)
  const left = timestampMs(message, 40)
  return { offsetSeconds: (came - sentMs + left - receivedMs) / 2000, stratum }
}

/** The era that began in 2036 is told by the top bit, as the RFC says. */
function timestampMs(message: Buffer, at: number): number {
  const seconds = message.readUInt32BE(at)
  const era = seconds >= 0x80000000 ? 0 : ERA_SECONDS
  return (seconds + era - EPOCH_SECONDS + message.readUInt32BE(at + 4) / ERA_SECONDS) * 1000
}
