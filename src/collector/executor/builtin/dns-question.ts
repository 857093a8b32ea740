import { Buffer } from 'node:buffer'
import { isIP, isIPv6 } from 'node:net'
import {
  AUTHORITATIVE_ANSWER,
  decode,
  encode,
  RECURSION_DESIRED,
  type Answer,
  type DecodedPacket,
  type RecordType,
} from 'dns-packet'

export interface DnsQuestion {
  readonly name: string
  readonly type: RecordType
}

export interface DnsAnswer {
  /** NOERROR, NXDOMAIN, SERVFAIL, REFUSED ... */
  readonly code: string
  readonly isAuthoritative: boolean
  readonly isTruncated: boolean
  /** The records of the type asked for, as people write them, sorted; names without their last dot. */
  readonly values: readonly string[]
}

/** An address asks for its name unless the type says otherwise. */
export function questionOf(name: string, type: RecordType | undefined): DnsQuestion {
  const isAddress = isIP(name) !== 0
  const asked = type ?? (isAddress ? 'PTR' : 'A')
  if (isAddress && asked === 'PTR') return { name: reverseName(name), type: asked }
  return { name: name.replace(/\.$/, ''), type: asked }
}

function reverseName(address: string): string {
  if (!isIPv6(address)) return `${address.split('.').reverse().join('.')}.in-addr.arpa`
  const digits = fullIpv6(address)
  return `${digits.split('').reverse().join('.')}.ip6.arpa`
}

/** 32 hexadecimal digits. */
function fullIpv6(address: string): string {
  const url = new URL(`http://[${address}]/`).hostname.slice(1, -1)
  const [left = '', right] = url.split('::')
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'))
  const [start, end] = [groups(left), groups(right ?? '')]
  const zeros = right === undefined ? 0 : 8 - start.length - end.length
  return [...start, ...Array<string>(zeros).fill('0'), ...end]
    .map((group) => group.padStart(4, '0'))
    .join('')
}

export function encodeQuestion(id: number, question: DnsQuestion): Buffer {
  return encode({ type: 'query', id, flags: RECURSION_DESIRED, questions: [question] })
}

/**
 * `other`: not the answer to this question (another id, another name: a stray or a forgery), to be passed over.
 * `malformed`: it claims to be ours and cannot be read; pointers that lead round in circles are refused by the decoder.
 */
export function decodeAnswer(
  message: Buffer,
  id: number,
  question: DnsQuestion,
): DnsAnswer | 'other' | 'malformed' {
  if (message.length < 12 || message.readUInt16BE(0) !== id) return 'other'
  const packet = decodeSafely(message)
  if (packet === undefined) return 'malformed'
  if (packet.type !== 'response') return 'other'
  const [asked] = packet.questions ?? []
  const isOurs =
    asked !== undefined &&
    asked.type === question.type &&
    plainName(asked.name) === plainName(question.name)
  const code = (packet as { readonly rcode?: string }).rcode ?? 'NOERROR'
  // A server that refuses may leave the question out.
  if (!isOurs && (asked !== undefined || code === 'NOERROR')) return 'other'
  return {
    code,
    isAuthoritative: ((packet.flags ?? 0) & AUTHORITATIVE_ANSWER) !== 0,
    isTruncated: packet.flag_tc,
    values: (packet.answers ?? [])
      .filter((record) => record.type === question.type)
      .map(valueOf)
      .sort(),
  }
}

function decodeSafely(message: Buffer): DecodedPacket | undefined {
  try {
    return decode(message)
  } catch {
    return undefined
  }
}

export function plainName(name: string): string {
  return name.replace(/\.$/, '').toLowerCase()
}

function valueOf(record: Answer): string {
  if (record.type === 'A' || record.type === 'AAAA') return record.data
  if (record.type === 'CNAME' || record.type === 'NS' || record.type === 'PTR') {
    return plainName(record.data)
  }
  if (record.type === 'MX') {
    return `${record.data.preference ?? 0} ${plainName(record.data.exchange)}`
  }
  if (record.type === 'SRV') {
    const { priority = 0, weight = 0, port, target } = record.data
    return `${priority} ${weight} ${port} ${plainName(target)}`
  }
  if (record.type === 'SOA') {
    const {
      mname,
      rname,
      serial = 0,
      refresh = 0,
      retry = 0,
      expire = 0,
      minimum = 0,
    } = record.data
    return `${plainName(mname)} ${plainName(rname)} ${serial} ${refresh} ${retry} ${expire} ${minimum}`
  }
  return record.type === 'TXT' ? [record.data].flat().map(String).join('') : record.type
}
