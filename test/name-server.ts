import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { createServer } from 'node:net'
import {
  AUTHORITATIVE_ANSWER,
  decode,
  encode,
  TRUNCATED_RESPONSE,
  type Answer,
  type Packet,
} from 'dns-packet'
import { listen } from './builtin-rig.ts'

/** What a test may do to an answer before it leaves: change it, send more, or send nothing. */
export type Tamper = (asked: Packet, reply: Packet, send: (message: Buffer) => void) => void

export interface NameServer extends AsyncDisposable {
  readonly port: number
  readonly udp: Socket
  /** Datagrams that came. */
  readonly questions: () => number
}

const RECORDS: readonly Answer[] = [
  { name: 'one.test', type: 'A', ttl: 60, data: '192.0.2.1' },
  { name: 'one.test', type: 'AAAA', ttl: 60, data: '2001:db8::1' },
  { name: 'one.test', type: 'MX', ttl: 60, data: { preference: 10, exchange: 'mail.test' } },
  { name: 'one.test', type: 'TXT', ttl: 60, data: ['v=1', ' all'] },
  {
    name: 'one.test',
    type: 'SRV',
    ttl: 60,
    data: { priority: 1, weight: 2, port: 443, target: 'a.test' },
  },
  { name: 'many.test', type: 'A', ttl: 60, data: '192.0.2.3' },
  { name: 'many.test', type: 'A', ttl: 60, data: '192.0.2.2' },
  { name: '1.2.0.192.in-addr.arpa', type: 'PTR', ttl: 60, data: 'One.Test' },
  {
    name: '1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa',
    type: 'PTR',
    ttl: 60,
    data: 'six.test',
  },
  ...Array.from({ length: 100 }, (_, n): Answer => ({
    name: 'big.test',
    type: 'A',
    ttl: 60,
    data: `198.51.100.${n}`,
  })),
]

function replyTo(asked: Packet): Packet {
  const [question] = asked.questions ?? []
  const ofName = RECORDS.filter(({ name }) => name === question?.name.toLowerCase())
  const answers = ofName.filter(({ type }) => type === question?.type)
  return {
    type: 'response',
    id: asked.id ?? 0,
    flags: AUTHORITATIVE_ANSWER | (ofName.length === 0 ? 3 : 0),
    questions: asked.questions ?? [],
    answers,
  }
}

/** A small real name server on a free port of 127.0.0.1, UDP and TCP; long answers are truncated over UDP. */
export async function nameServer(tamper?: Tamper): Promise<NameServer> {
  const tcp = await listen(createServer(), (socket) =>
    socket.once('data', (data) => {
      const reply = encode(replyTo(decode(data.subarray(2))))
      const length = Buffer.alloc(2)
      length.writeUInt16BE(reply.length)
      // In two pieces, as a slow path would bring it.
      socket.write(Buffer.concat([length, reply.subarray(0, 10)]))
      socket.end(reply.subarray(10))
    }),
  )
  const udp = createSocket('udp4')
  let questions = 0
  udp.on('message', (message, from: RemoteInfo) => {
    questions++
    const send = (answer: Buffer): void => udp.send(answer, from.port, from.address)
    const asked = decode(message)
    const reply = replyTo(asked)
    if (tamper !== undefined) return tamper(asked, reply, send)
    const whole = encode(reply)
    if (whole.length <= 512) return send(whole)
    send(encode({ ...reply, flags: (reply.flags ?? 0) | TRUNCATED_RESPONSE, answers: [] }))
  })
  await new Promise<void>((resolve) => udp.bind(tcp.port, '127.0.0.1', resolve))
  return {
    port: tcp.port,
    udp,
    questions: () => questions,
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => udp.close(resolve))
      await tcp[Symbol.asyncDispose]()
    },
  }
}
