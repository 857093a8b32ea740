import { describe, expect, test } from 'vitest'
import type { SshTunnel } from '../domain/cluster.ts'
import { serversBehind } from './hub-tunnels.ts'

const tunnel: SshTunnel = {
  kind: 'ssh',
  host: 'gate',
  port: 22,
  user: 'parallax',
  remotePort: 4333,
  remotePorts: {},
  leafPorts: {},
  hostKey: undefined,
}
const a = { name: 'hub-a', servers: ['tls://a.example.org:4222'] }
const b = { name: 'hub-b', servers: ['tls://b.example.org:4222'] }

describe('[TN14] a collector behind a tunnel is told the port of its own machine', () => {
  test('without a tunnel hubs are where they are', () => {
    expect(serversBehind(undefined, a, 'hub-a')).toEqual(a.servers)
    expect(serversBehind(undefined, b, 'hub-a')).toEqual(b.servers)
  })
  test('one port leads to the hub that says so, and to no other', () => {
    expect(serversBehind(tunnel, a, 'hub-a')).toEqual(['tls://127.0.0.1:4333'])
    expect(serversBehind(tunnel, b, 'hub-a')).toEqual([])
  })
  test('hubs with ports of their own are behind them, others are where they are', () => {
    const both = { ...tunnel, remotePorts: { 'hub-b': 4444 } }
    expect(serversBehind(both, a, 'hub-a')).toEqual(a.servers)
    expect(serversBehind(both, b, 'hub-a')).toEqual(['tls://127.0.0.1:4444'])
  })
})
