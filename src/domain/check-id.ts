import type { Brand } from '../base/brand.ts'

/**
 * Names what is checked, everywhere: `host` for the host's own check, `host!service` for a service.
 * `!` can stand in neither name (configuration refuses it, as Nagios does).
 */
export type CheckId = Brand<string, 'CheckId'>

export function hostCheckId(host: string): CheckId {
  return host as CheckId
}

export function serviceCheckId(host: string, service: string): CheckId {
  return `${host}!${service}` as CheckId
}

export interface CheckName {
  readonly host: string
  /** `undefined` for the host's own check. */
  readonly service: string | undefined
}

export function checkNameOf(id: CheckId): CheckName {
  const cut = id.indexOf('!')
  if (cut < 0) return { host: id, service: undefined }
  return { host: id.slice(0, cut), service: id.slice(cut + 1) }
}

/** Of a service, written `host/service` or as an id; `undefined` for anything else. */
export function parseServiceId(text: string): CheckId | undefined {
  const id = parseCheckId(text)
  return id === undefined || checkNameOf(id).service === undefined ? undefined : id
}

/** From the outside (API, CLI, wire). `host/service` is accepted as well, as people write it. */
export function parseCheckId(text: string): CheckId | undefined {
  const id = text.includes('!') ? text : text.replace('/', '!')
  const { host, service } = checkNameOf(id as CheckId)
  if (host === '' || service === '' || service?.includes('!') === true) return undefined
  if (id.includes('\0')) return undefined
  return id as CheckId
}
