/**
 * Every way in which the API refuses: stable code, HTTP status, what it means. `docs/reference/errors.md` lists the same (a test
 * compares). Codes are never renamed; the message may say more about the case at hand.
 */
export const FAILURES = {
  invalid_input: {
    status: 400,
    meaning: 'A parameter or the body has a wrong shape; `details` names each place.',
  },
  malformed_json: {
    status: 400,
    meaning: 'The body is not JSON, or carries keys that poison objects (`__proto__`).',
  },
  bad_request: { status: 400, meaning: 'The request breaks HTTP or cannot be read.' },
  bad_cursor: { status: 400, meaning: 'The cursor is not one that the same list gave out.' },
  not_signed_in: {
    status: 401,
    meaning: 'Sign in, or send a valid API token: none was sent, or it has ended.',
  },
  wrong_credentials: { status: 401, meaning: 'Name and password do not belong together.' },
  csrf_refused: {
    status: 403,
    meaning: 'A changing request of a session needs its `x-parallax-csrf` header.',
  },
  not_allowed: { status: 403, meaning: 'The role of this account or token does not reach so far.' },
  wrong_setup_token: {
    status: 403,
    meaning: 'The first-run token is not the one in the log of the hub.',
  },
  not_found: { status: 404, meaning: 'There is nothing at this address.' },
  unknown_object: { status: 404, meaning: 'No host or service of this name is configured.' },
  one_observer: {
    status: 404,
    meaning:
      'One cluster checks it: its state follows from its attempts, there is no verdict to explain.',
  },
  nothing_decided: { status: 404, meaning: 'Nothing was decided about it up to that time.' },
  unknown_revision: { status: 404, meaning: 'No revision has a name that begins so.' },
  unknown_job: {
    status: 404,
    meaning: 'No apply job has this id; old ones are forgotten, the revisions stay.',
  },
  unknown_collector: { status: 404, meaning: 'No collector of this name has joined.' },
  unknown_cluster: { status: 404, meaning: 'No cluster of this name is configured.' },
  unknown_join_token: {
    status: 404,
    meaning: 'No join token of this id can be withdrawn: it is not there, or was used.',
  },
  unknown_tunnel: { status: 404, meaning: 'This hub keeps no tunnel to a cluster of this name.' },
  unknown_token: { status: 404, meaning: 'No API token has this id.' },
  setup_done: { status: 409, meaning: 'The first account exists already; sign in with it.' },
  no_enrolment: {
    status: 409,
    meaning:
      'Nobody can join here: the collector is in this process. `parallax hub` has collectors on other machines.',
  },
  host_key_not_shown: {
    status: 409,
    meaning: 'The machine does not show a host key with this fingerprint; nothing is trusted.',
  },
  order_refused: {
    status: 409,
    meaning: 'The collector will not do this; the message says why, and nothing changed.',
  },
  object_owned: {
    status: 409,
    meaning: 'The object belongs to another owner; `force` changes it all the same.',
  },
  plan_outdated: {
    status: 409,
    meaning: 'Another revision is active than the plan was made for; look at a new plan.',
  },
  ambiguous_revision: {
    status: 409,
    meaning: 'Several revisions begin so; write more of the name.',
  },
  too_large: { status: 413, meaning: 'The body is larger than this address takes.' },
  unsupported_media_type: { status: 415, meaning: 'Send `content-type: application/json`.' },
  wrong_host: {
    status: 421,
    meaning:
      'The hub listens on loopback only and was called by another name (a guard against DNS rebinding).',
  },
  configuration_refused: {
    status: 422,
    meaning: 'The configuration has faults, all in `details`; the old one stays active.',
  },
  too_many_requests: {
    status: 429,
    meaning: 'Too many attempts; `retry-after` says when to come back, in seconds.',
  },
  headers_too_large: { status: 431, meaning: 'The headers of the request are too large.' },
  internal: {
    status: 500,
    meaning: 'A fault of Parallax; the log of the hub has it under the same reference.',
  },
  compiler_busy: {
    status: 503,
    meaning: 'Many plans wait for the compiler already; come back after `retry-after` seconds.',
  },
  compiler_failed: {
    status: 503,
    meaning:
      'The compiler took too long, ran out of memory or crashed; nothing was changed, the log of the hub says why.',
  },
  collector_away: {
    status: 503,
    meaning: 'The collector does not answer; it may have heard the order all the same.',
  },
  console_missing: {
    status: 503,
    meaning: 'The console has not been built: `npm run prepare` builds it.',
  },
  database_unavailable: {
    status: 503,
    meaning: 'The database does not answer; what needs it waits, the present is still served.',
  },
  not_accepted: {
    status: 503,
    meaning: 'The results could not be made durable; none of them counts, send them again.',
  },
  tunnel_unreachable: {
    status: 503,
    meaning: 'ssh is not installed here, or the machine of the cluster does not answer it.',
  },
  too_many_streams: { status: 503, meaning: 'As many live streams are open as the hub serves.' },
  stopping: { status: 503, meaning: 'The hub is shutting down.' },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly meaning: string }>>

export type FailureCode = keyof typeof FAILURES

export interface FailureDetail {
  /** Where in the input: `body.results.3.code`, `query.limit`. */
  readonly path: string
  readonly message: string
}

/** Thrown in a route or hook; the error answer of the server turns it into `{error: {code, message, details}}`. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure'
  readonly code: FailureCode
  readonly details: readonly FailureDetail[]
  readonly retryAfterSeconds: number | undefined

  constructor(code: FailureCode, message?: string, more: FailureMore = {}) {
    super(message ?? FAILURES[code].meaning)
    this.code = code
    this.details = more.details ?? []
    this.retryAfterSeconds = more.retryAfterSeconds
  }
}

export interface FailureMore {
  readonly details?: readonly FailureDetail[]
  readonly retryAfterSeconds?: number
}
