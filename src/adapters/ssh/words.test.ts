import { describe, expect, test } from 'vitest'
import { readSshWords } from './words.ts'

const endOf = (text: string, status = 'status 255') => {
  const words = readSshWords(() => undefined)
  words.take(text)
  return words.end(status)
}

test('[TN2] it is up when the other side listens, however the words are cut', () => {
  const text =
    'debug1: Authentication succeeded (publickey).\r\ndebug1: remote forward success for: listen 127.0.0.1:4222, connect 127.0.0.1:4222\r\n'
  for (let cut = 0; cut < text.length; cut++) {
    let times = 0
    const words = readSshWords(() => times++)
    words.take(text.slice(0, cut))
    words.take(text.slice(cut))
    expect(times).toBe(1)
  }
})

describe('[TN2] why it ended', () => {
  test.each([
    ['debug1: x\nuser@h: Permission denied (publickey).\n', 'refused', "refuses this hub's key"],
    ['Host key verification failed.\r\n', 'refused', 'not known yet'],
    ['Error: remote port forwarding failed for listen port 4222\n', 'down', '127.0.0.1:4222 on'],
    ['ssh: connect to host h port 22: Connection refused\r\n', 'down', 'no sshd listens there'],
    ['ssh: Could not resolve hostname gate: Name or service not known', 'down', 'the name gate'],
    ['Timeout, server 192.0.2.1 not responding.\r\n', 'down', 'went silent'],
    ['ssh: connect to host h port 22: Connection timed out\n', 'down', 'no answer'],
    [
      'kex_exchange_identification: read: Connection reset by peer\r\n',
      'down',
      'closed the connection',
    ],
    ['debug1: nothing of note\nsomething bad\n', 'down', 'ssh ended (status 255): something bad'],
    ['', 'down', 'ssh ended (status 255)'],
  ])('%j', (text, kind, reason) => {
    const end = endOf(text)
    expect(end.kind).toBe(kind)
    expect(end.reason).toContain(reason)
  })
  test('a changed host key shows the new fingerprint, whatever is said after it', () => {
    const end = endOf(
      '@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\nThe fingerprint for the ED25519 key sent by the remote host is\nSHA256:Z4xR3l2ZVKq0H0mHRhuFVvAEfhwSp1l2dK0vZQF5rA8.\nHost key verification failed.\n',
    )
    expect(end.kind).toBe('refused')
    expect(end.reason).toContain('to SHA256:Z4xR3l2ZVKq0H0mHRhuFVvAEfhwSp1l2dK0vZQF5rA8:')
  })
})

test('[FZ3] a machine that talks without end fills no memory', () => {
  const words = readSshWords(() => undefined)
  for (let n = 0; n < 1000; n++) words.take('banner '.repeat(10_000))
  for (let n = 0; n < 1000; n++) words.take(`line ${n}\n`)
  expect(words.end('status 255').reason.length).toBeLessThan(600)
})
