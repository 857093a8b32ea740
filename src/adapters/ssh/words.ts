import type { TunnelEnd } from '../../orchestrator/tunnels/tunnel.ts'

/** What ssh says on its way, at log level DEBUG1. */
const DEBUG = /^debug\d+: /
/** Said when the other side has agreed to listen. */
const LISTENS = /^debug1: remote forward success for: listen /
/** Kept to tell why it ended; a machine that talks without end fills no memory. */
const LINES_MAX = 40
const LINE_CHARS_MAX = 500

/** Follows what one ssh writes. */
export interface SshWords {
  /** A piece of it, of any length. */
  take(piece: string): void
  /** Why it ended, from what it complained of. @param status its exit status, or the signal */
  end(status: string): TunnelEnd
}

/** @param listens called for each port on which the other side listens */
export function readSshWords(listens: () => void): SshWords {
  const complaints: string[] = []
  let rest = ''
  const line = (said: string): void => {
    if (LISTENS.test(said)) listens()
    else if (!DEBUG.test(said) && said.trim() !== '') {
      complaints.push(said.trim().slice(0, LINE_CHARS_MAX))
      if (complaints.length > LINES_MAX) complaints.shift()
    }
  }
  return {
    take(piece) {
      const lines = (rest + piece).split(/\r?\n/)
      rest = (lines.pop() ?? '').slice(0, LINE_CHARS_MAX)
      lines.forEach(line)
    },
    end(status) {
      line(rest)
      rest = ''
      return whyItEnded(complaints, status)
    },
  }
}

type Why = (said: string, match: RegExpExecArray) => TunnelEnd

const refused = (reason: string): TunnelEnd => ({ kind: 'refused', reason })
const down = (reason: string): TunnelEnd => ({ kind: 'down', reason })

/** Tried in this order on all that it said: the first that fits is the cause, what follows from it stands further down. */
const CAUSES: readonly (readonly [pattern: RegExp, why: Why])[] = [
  [
    /REMOTE HOST IDENTIFICATION HAS CHANGED/,
    (said) => {
      const shown = /SHA256:[A-Za-z0-9+/]+/.exec(said)?.[0]
      return refused(
        `the host key has changed${shown === undefined ? '' : ` to ${shown}`}: the machine was set up anew, or somebody is in between`,
      )
    },
  ],
  [
    /Host key verification failed|key is known for \S+ and you have requested strict checking/,
    () => refused('the host key is not known yet: look at it, then trust it'),
  ],
  [
    /Permission denied|Too many authentication failures/,
    () => refused("the machine refuses this hub's key: put it into authorized_keys there"),
  ],
  [
    /remote port forwarding failed for listen port (\d+)/,
    (_, [, port]) =>
      down(
        `127.0.0.1:${port} on the other side cannot be had: it is in use, or sshd does not permit it`,
      ),
  ],
  [/Could not resolve hostname ([^:]+)/, (_, [, host]) => down(`the name ${host} is not known`)],
  [/Timeout, server .* not responding/, () => down('the other side went silent')],
  [/Connection refused/, () => down('connection refused: no sshd listens there')],
  [/(?:Connection|Operation) timed out|timed out during/, () => down('no answer')],
  [
    /kex_exchange_identification|Connection (?:closed|reset) by|Broken pipe/,
    () => down('the other side closed the connection'),
  ],
  [/No route to host|Network is unreachable/, () => down('no way to that address')],
]

function whyItEnded(complaints: readonly string[], status: string): TunnelEnd {
  const said = complaints.join('\n')
  for (const [pattern, why] of CAUSES) {
    const match = pattern.exec(said)
    if (match !== null) return why(said, match)
  }
  return down(`ssh ended (${status})${said === '' ? '' : `: ${complaints.at(-1)}`}`)
}
