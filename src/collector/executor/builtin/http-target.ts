import { Buffer } from 'node:buffer'
import type { HttpOptions } from '../../../domain/builtin-options.ts'

/** Where one request goes and what it says, ready to be written. */
export interface HttpTarget {
  readonly host: string
  readonly port: number
  readonly isTls: boolean
  /** The name the server is asked for: `Host`, SNI, certificate. */
  readonly name: string
  /** For people: without user and password. */
  readonly url: string
  readonly request: string
  readonly isHead: boolean
}

export function firstTarget(options: HttpOptions): HttpTarget {
  const url = options.url === undefined ? undefined : new URL(options.url)
  const isTls = url === undefined ? options.tls : url.protocol === 'https:'
  const port = options.port ?? portOf(url) ?? (isTls ? 443 : 80)
  const name = options.vhost ?? hostOf(url) ?? options.host ?? ''
  const path = url === undefined ? options.path : `${url.pathname}${url.search}`
  return target(options, { host: options.host ?? hostOf(url) ?? '', port, isTls, name, path }, true)
}

/**
 * The target of a redirect, `undefined` when it leads to something other than HTTP. User and password stay behind when it leads
 * to another server; a body is not sent again.
 */
export function nextTarget(
  options: HttpOptions,
  from: HttpTarget,
  location: string,
): HttpTarget | undefined {
  const url = URL.parse(location, from.url)
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return undefined
  const isTls = url.protocol === 'https:'
  const port = portOf(url) ?? (isTls ? 443 : 80)
  const name = hostOf(url) ?? ''
  const isSame = name === from.name && port === from.port && isTls === from.isTls
  const host = name === from.name ? from.host : name
  return target(options, { host, port, isTls, name, path: `${url.pathname}${url.search}` }, isSame)
}

interface Place {
  readonly host: string
  readonly port: number
  readonly isTls: boolean
  readonly name: string
  readonly path: string
}

function target(options: HttpOptions, place: Place, isTrusted: boolean): HttpTarget {
  const { host, port, isTls, name, path } = place
  const shownName = name.includes(':') ? `[${name}]` : name
  const authority = port === (isTls ? 443 : 80) ? shownName : `${shownName}:${port}`
  return {
    host,
    port,
    isTls,
    name,
    url: `${isTls ? 'https' : 'http'}://${authority}${path}`,
    request: requestText(options, authority, path, isTrusted),
    isHead: options.method === 'HEAD',
  }
}

function requestText(
  options: HttpOptions,
  authority: string,
  path: string,
  isTrusted: boolean,
): string {
  const own = new Set(options.headers.map((line) => line.slice(0, line.indexOf(':')).toLowerCase()))
  const lines = [`${options.method} ${path} HTTP/1.1`]
  const add = (name: string, value: string): void => {
    if (!own.has(name.toLowerCase())) lines.push(`${name}: ${value}`)
  }
  add('Host', authority)
  add('User-Agent', options.agent)
  add('Accept', '*/*')
  add('Connection', 'close')
  if (options.user !== undefined && isTrusted) {
    const secret = Buffer.from(`${options.user}:${options.password ?? ''}`).toString('base64')
    add('Authorization', `Basic ${secret}`)
  }
  if (isTrusted) lines.push(...options.headers)
  if (options.body !== undefined && isTrusted) {
    add('Content-Type', 'application/x-www-form-urlencoded')
    add('Content-Length', String(Buffer.byteLength(options.body)))
  }
  return `${lines.join('\r\n')}\r\n\r\n${isTrusted ? (options.body ?? '') : ''}`
}

function hostOf(url: URL | undefined): string | undefined {
  return url?.hostname.replace(/^\[(.*)\]$/, '$1')
}

function portOf(url: URL | undefined): number | undefined {
  return url === undefined || url.port === '' ? undefined : Number(url.port)
}
