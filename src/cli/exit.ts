/** Exit statuses of every command; scripts rely on them (docs/reference/cli.md). */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  auth: 4,
  conflict: 5,
  unreachable: 6,
  partial: 7,
} as const
export type ExitStatus = (typeof EXIT)[keyof typeof EXIT]

/** Ends a command: the message goes to stderr, with what to do about it. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed'
  readonly status: ExitStatus
  readonly hint: string | undefined

  constructor(status: ExitStatus, message: string, hint?: string) {
    super(message)
    this.status = status
    this.hint = hint
  }
}
