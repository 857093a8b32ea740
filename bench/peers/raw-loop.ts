import { fork } from 'node:child_process'
import { execFileSync } from 'node:child_process'
import { connect } from 'node:net'

const IN_FLIGHT = 64

/** New connections per second of a bare loop on core 0: what a built-in check could do if there were nothing around it. */
export async function rawLoop(
  kind: 'tcp' | 'http',
  port: number,
  seconds: number,
): Promise<number> {
  const child = fork(import.meta.filename, [kind, String(port), String(seconds)], {
    stdio: 'inherit',
  })
  execFileSync('taskset', ['-a', '-p', '-c', '0', String(child.pid)], { stdio: 'ignore' })
  child.send('go')
  return new Promise((resolve, reject) => {
    child.once('message', (rate) => resolve(Number(rate)))
    child.once('exit', (code) => reject(new Error(`the bare loop ended with ${code}`)))
  })
}

function loop(kind: string, port: number, seconds: number): void {
  const ask = 'GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n'
  const began = performance.now()
  let done = 0
  let live = IN_FLIGHT
  const next = (): void => {
    if (performance.now() - began < seconds * 1000) one()
    else if (--live === 0)
      process.send?.(done / ((performance.now() - began) / 1000), () => process.exit())
  }
  const one = (): void => {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.on('connect', () => {
      if (kind === 'http') return void socket.write(ask)
      done++
      socket.destroy()
    })
    socket.on('data', (chunk) => (answer += chunk.toString('latin1')))
    socket.on('end', () => {
      if (answer.startsWith('HTTP/1.1 200')) done++
      socket.destroy()
    })
    socket.on('error', () => socket.destroy())
    socket.on('close', next)
  }
  for (let n = 0; n < IN_FLIGHT; n++) one()
}

const [kind, port, seconds] = process.argv.slice(2)
if (process.send !== undefined && kind !== undefined)
  process.once('message', () => loop(kind, Number(port), Number(seconds)))
