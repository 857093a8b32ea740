import { randomUUID } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Log } from '../base/log.ts'
import type { ApiErrorBody } from '../wire/api/actions.ts'
import { ApiFailure, FAILURES, type FailureCode, type FailureDetail } from './errors.ts'

const DETAILS_MAX = 50
const COMPILER_RETRY_S = 10

/** What our own code, fastify or a plugin threw, as the failure that the client hears. */
export function failureOf(error: unknown, log: Log): ApiFailure {
  if (error instanceof ApiFailure) return error
  const validation = validationDetails(error)
  if (validation !== undefined) {
    return new ApiFailure('invalid_input', undefined, { details: validation })
  }
  const { code, statusCode, message } = partsOf(error)
  if (error instanceof Error && error.name === 'CompilerBusy')
    return new ApiFailure('compiler_busy', undefined, { retryAfterSeconds: COMPILER_RETRY_S })
  if (error instanceof Error && error.name === 'CompilerFailed') {
    log.warn('a configuration could not be compiled', { error: error.message })
    return new ApiFailure('compiler_failed')
  }
  const known = CODES[code] ?? (isDatabaseDown(error, code) ? 'database_unavailable' : undefined)
  if (known !== undefined) return new ApiFailure(known)
  if (statusCode >= 400 && statusCode < 500) return new ApiFailure('bad_request', message)
  const reference = randomUUID()
  log.error('request failed', { reference, error: stackOf(error) })
  return new ApiFailure('internal', `a fault of Parallax; the log has it as ${reference}`)
}

/** Fastify's and its plugins' own codes. */
const CODES: Readonly<Record<string, FailureCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'malformed_json',
  FST_ERR_CTP_INVALID_JSON_BODY: 'malformed_json',
  FST_ERR_BAD_URL: 'bad_request',
}

function partsOf(error: unknown): { code: string; statusCode: number; message: string } {
  const { code, statusCode, message } = (error ?? {}) as Readonly<Record<string, unknown>>
  return {
    code: typeof code === 'string' ? code : '',
    statusCode: typeof statusCode === 'number' ? statusCode : 500,
    message: typeof message === 'string' ? message : '',
  }
}

/** The adapter's own word for it, a lost connection, or PostgreSQL's classes 08 (connection), 57P (shutdown), 53 (no room). */
function isDatabaseDown(error: unknown, code: string): boolean {
  if (error instanceof Error && error.name === 'StoreUnavailable') return true
  return /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|08\w{3}|57P\w{2}|53\w{3})$/.test(code)
}

function validationDetails(error: unknown): FailureDetail[] | undefined {
  const { validation, validationContext } = (error ?? {}) as {
    readonly validation?: unknown
    readonly validationContext?: string
  }
  if (!Array.isArray(validation)) return undefined
  const context = PLACES[validationContext ?? ''] ?? 'input'
  return (validation as readonly Fault[]).slice(0, DETAILS_MAX).map((fault) => ({
    path: `${context}${(fault.instancePath ?? '').replaceAll('/', '.')}`,
    message: fault.message ?? 'invalid',
  }))
}

interface Fault {
  readonly instancePath?: string
  readonly message?: string
}

const PLACES: Readonly<Record<string, string>> = {
  body: 'body',
  querystring: 'query',
  params: 'path',
  headers: 'headers',
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

export function bodyOf(failure: ApiFailure): ApiErrorBody {
  const { code, message, details } = failure
  return {
    error: { code, message, ...(details.length === 0 ? {} : { details: [...details] }) },
  }
}

export function sendFailure(reply: FastifyReply, failure: ApiFailure): FastifyReply {
  if (failure.retryAfterSeconds !== undefined) {
    void reply.header('retry-after', String(failure.retryAfterSeconds))
  }
  if (FAILURES[failure.code].status === 401) {
    void reply.header('www-authenticate', 'Bearer realm="parallax"')
  }
  return reply
    .code(FAILURES[failure.code].status)
    .header('cache-control', 'no-store')
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(bodyOf(failure)))
}

/** The path without its query, which may hold what people typed. */
export function pathOf(request: FastifyRequest): string {
  const cut = request.url.indexOf('?')
  return cut < 0 ? request.url : request.url.slice(0, cut)
}
