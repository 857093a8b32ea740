import type { HttpOptions } from '../../../domain/builtin-options.ts'
import type { ReturnCode } from '../../../domain/state-names.ts'
import {
  answer,
  codeOfSeverity,
  codeOfTime,
  shown,
  STATE_WORDS,
  timeDatum,
  worst,
} from './answer.ts'
import type { BuiltinAnswer } from './builtin.ts'
import type { CertificateVerdict } from './certificate.ts'
import type { HttpFault, HttpResponse } from './http-response.ts'
import { headerOf } from './http-response.ts'
import { createPatternTest, type PatternTest } from './pattern.ts'
import type { HttpTarget } from './http-target.ts'

/** What the answers are held against, made once from the options. */
export interface HttpDemands {
  readonly options: HttpOptions
  readonly pattern: PatternTest | undefined
  readonly statusFits: ((response: HttpResponse) => boolean) | undefined
}

export function demandsOf(options: HttpOptions): HttpDemands {
  const { regex, ignoreCase, status } = options
  return {
    options,
    pattern: regex === undefined ? undefined : createPatternTest(regex, ignoreCase ? 'im' : 'm'),
    statusFits: status === undefined ? undefined : statusTest(status),
  }
}

/** Each is a code, a range of codes, a class such as `2xx`, or a piece of the status line. */
function statusTest(expected: readonly string[]): (response: HttpResponse) => boolean {
  const tests = expected
    .flatMap((item) => (/^[\dx,\s-]+$/i.test(item) ? item.split(',') : [item]))
    .map((item) => oneStatusTest(item.trim()))
  return (response) => tests.some((test) => test(response))
}

function oneStatusTest(item: string): (response: HttpResponse) => boolean {
  const range = /^(\d{3})(?:-(\d{3}))?$/.exec(item)
  if (range !== null) {
    const from = Number(range[1])
    const to = Number(range[2] ?? range[1])
    return ({ status }) => status >= from && status <= to
  }
  if (/^[1-5]xx$/i.test(item)) return ({ status }) => Math.floor(status / 100) === Number(item[0])
  return ({ statusLine }) => statusLine.includes(item)
}

/** Where the response sends us, when the options say to go there. */
export function redirectOf(demands: HttpDemands, response: HttpResponse): string | undefined {
  const { options, statusFits } = demands
  const isRedirect = [301, 302, 303, 307, 308].includes(response.status)
  if (options.redirects !== 'follow' || statusFits !== undefined || !isRedirect) return undefined
  return headerOf(response.head, 'location')
}

export interface HttpSeen {
  readonly target: HttpTarget
  readonly response: HttpResponse
  readonly certificate: CertificateVerdict | undefined
  readonly seconds: number
  readonly timeoutMs: number
}

/** Rules BT10..BT16; texts and order of check_http. */
export function judgeHttp(demands: HttpDemands, seen: HttpSeen): BuiltinAnswer {
  const { options, statusFits } = demands
  const { response, certificate, seconds } = seen
  if (statusFits !== undefined && !statusFits(response)) {
    return answer(2, invalidResponse(seen.target.port, response.statusLine))
  }
  if (statusFits === undefined && (response.status < 100 || response.status >= 600)) {
    return answer(2, `HTTP CRITICAL: Invalid Status (${shown(response.statusLine)})`)
  }
  const [contentCode, faults] = judgeContent(demands, seen)
  let code = worst(statusFits === undefined ? codeOfStatus(options, response) : 0, contentCode)
  if (certificate !== undefined && certificate.code !== 0) {
    faults.push(certificate.text.replace(/^\w+ - /, ''))
    code = worst(code, certificate.code)
  }
  code = worst(code, codeOfTime(seconds, options))
  const status =
    statusFits === undefined
      ? shown(response.statusLine)
      : `Status line output matched "${shown((options.status ?? []).join(','))}"`
  const detail = faults.length === 0 ? '' : ` - ${faults.join(', ')}`
  const more = response.isCut ? 'more than ' : ''
  return answer(
    code,
    `HTTP ${STATE_WORDS[code]}: ${status}${detail} - ${more}${response.bytes} bytes in ${seconds.toFixed(3)} second response time`,
    `${timeDatum(seconds, options, seen.timeoutMs)} ${sizeDatum(options, response.bytes)}${daysDatum(options, certificate)}`,
  )
}

function codeOfStatus(options: HttpOptions, { status }: HttpResponse): ReturnCode {
  if (status >= 500) return 2
  if (status >= 400) return 1
  if (status < 300 || options.redirects === 'follow') return 0
  return codeOfSeverity(options.redirects)
}

function judgeContent(demands: HttpDemands, seen: HttpSeen): [ReturnCode, string[]] {
  const { options, pattern } = demands
  const { text, bytes, isCut } = seen.response
  const faults: string[] = []
  let code: ReturnCode = 0
  if (options.contains !== undefined && !text.includes(options.contains)) {
    faults.push(`string '${shown(options.contains, 60)}' not found on '${shown(seen.target.url)}'`)
    code = 2
  }
  const isFound = pattern?.([text])?.[0]
  if (pattern !== undefined && isFound === undefined) {
    faults.push('the pattern takes too long on this page')
    code = worst(code, 3)
  } else if (isFound === options.invert) {
    faults.push(options.invert ? 'pattern found' : 'pattern not found')
    code = 2
  }
  const { sizeMin, sizeMax } = options
  const isLarge = sizeMax !== undefined && bytes > sizeMax
  const isSmall = sizeMin !== undefined && bytes < sizeMin && !isCut
  if (isLarge) faults.push(`page size ${bytes} too large`)
  if (isSmall) faults.push(`page size ${bytes} too small`)
  return [isLarge || isSmall ? worst(code, 1) : code, faults]
}

/** The odd zeros are check_http's own. */
function sizeDatum({ sizeMin = 0 }: HttpOptions, bytes: number): string {
  return `size=${bytes}B;${sizeMin > 0 ? `${sizeMin};0` : ';'};0;`
}

function daysDatum(
  { certificateWarning, certificateCritical }: HttpOptions,
  certificate: CertificateVerdict | undefined,
): string {
  if (certificate?.daysLeft === undefined) return ''
  if (certificateWarning === undefined && certificateCritical === undefined) return ''
  const limit = (days: number | undefined): string => (days === undefined ? '' : `${days}:`)
  return ` certificate_days=${certificate.daysLeft};${limit(certificateWarning)};${limit(certificateCritical)};;`
}

function invalidResponse(port: number, line: string): string {
  return `HTTP CRITICAL - Invalid HTTP response received from host on port ${port}: ${shown(line)}`
}

export function judgeFault(fault: HttpFault, port: number): BuiltinAnswer {
  switch (fault.kind) {
    case 'no-data':
      return answer(2, 'HTTP CRITICAL - No data received from host')
    case 'not-http':
      return answer(2, invalidResponse(port, fault.line))
    case 'head-too-long':
      return answer(2, 'HTTP CRITICAL - the header is longer than 64 KiB')
    case 'bad-chunk':
      return answer(3, 'HTTP UNKNOWN: Failed to unchunk message body')
    case 'ended-early':
      return answer(
        2,
        `HTTP CRITICAL - the connection ended after ${fault.bytes} bytes of the body` +
          (fault.expectedBytes === undefined ? '' : `, ${fault.expectedBytes} were announced`),
      )
  }
}
