import { systemClock } from '../../src/adapters/system/clock.ts'
import { silentLog } from '../../src/base/log.ts'
import { UNWRITTEN, type SshTunnel } from '../../src/domain/cluster.ts'
import { startTunnels } from '../../src/roles/tunnels.ts'

/** Keeps one tunnel until it is killed: `node tunnel-child.ts DATA TARGET-PORT TUNNEL-AS-JSON`. */
const [data = '', port = '', json = ''] = process.argv.slice(2)
const tunnel = JSON.parse(json) as SshTunnel
startTunnels({
  hub: 'hub-a',
  data,
  target: { host: '127.0.0.1', port: Number(port) },
  clusters: () => [{ ...UNWRITTEN, name: 'edge', tunnel }],
  clock: systemClock,
  log: silentLog,
})
