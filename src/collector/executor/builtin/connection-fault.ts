import { shown } from './answer.ts'

/** Why a connection failed, in the words of the C library, and whose fault it is. */
export interface ConnectionFault {
  readonly text: string
  /** This machine's own: nothing is known of the target and the answer is UNKNOWN. */
  readonly isOurs: boolean
  readonly isRefused: boolean
  readonly isReset: boolean
  /** The name has no address. */
  readonly isName: boolean
  /** It happened before the connection stood. */
  readonly isConnect: boolean
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Connection refused',
  ECONNRESET: 'Connection reset by peer',
  EPIPE: 'Broken pipe',
  ETIMEDOUT: 'Connection timed out',
  EHOSTUNREACH: 'No route to host',
  ENETUNREACH: 'Network is unreachable',
  EHOSTDOWN: 'Host is down',
  EACCES: 'Permission denied',
  EINVAL: 'Invalid argument',
  EMFILE: 'Too many open files',
  ENFILE: 'Too many open files in system',
  ENOBUFS: 'No buffer space available',
  ENOMEM: 'Cannot allocate memory',
  EADDRNOTAVAIL: 'No free local port or address',
  EAFNOSUPPORT: 'Address family not supported',
  ENOTFOUND: 'Name or service not known',
  EAI_AGAIN: 'Temporary failure in name resolution',
  EAI_FAIL: 'Non-recoverable failure in name resolution',
}
const OURS = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EADDRNOTAVAIL', 'EAFNOSUPPORT'])

export function connectionFault(error: Error): ConnectionFault {
  const first = error instanceof AggregateError ? (error.errors[0] as Error) : error
  const { code = '', syscall } = first as NodeJS.ErrnoException
  const { reason } = first as { readonly reason?: string }
  return {
    text: WORDS[code] ?? shown(reason ?? first.message),
    isOurs: OURS.has(code),
    isRefused: code === 'ECONNREFUSED',
    isReset: code === 'ECONNRESET' || code === 'EPIPE',
    isName: code === 'ENOTFOUND' || syscall === 'getaddrinfo',
    isConnect: syscall === 'connect',
  }
}
