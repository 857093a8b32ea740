import type { ReactElement, ReactNode } from 'react'
import type { ObjectDetail } from '../../wire/api/objects.ts'
import { plainText, webAddress } from '../state/plain-text.ts'
import { Section } from './section.tsx'
import { valueText } from './value-text.ts'

/** Nothing of ours runs for it: others submit its results. */
export function isPassive(detail: ObjectDetail): boolean {
  return detail.command === ''
}

/** How it is configured. The hub has masked secrets already. */
export function Facts({ detail }: { readonly detail: ObjectDetail }): ReactElement {
  const variables = Object.entries(detail.variables)
  return (
    <Section title="Configuration">
      <dl className="grid grid-cols-[minmax(88px,max-content)_minmax(0,1fr)] gap-x-5 gap-y-1.5">
        <Fact name="Command">
          {isPassive(detail) ? (
            'none: its results are handed in'
          ) : (
            <code className="font-mono text-[12px] wrap-anywhere">{detail.command}</code>
          )}
        </Fact>
        <Fact name="Schedule">{isPassive(detail) ? null : scheduleSentence(detail)}</Fact>
        <Fact name="Last run">{isPassive(detail) ? null : runSentence(detail)}</Fact>
        <Fact name="Address">{detail.kind === 'host' ? detail.address : null}</Fact>
        <Fact name="Alias">{detail.alias === detail.host ? null : detail.alias}</Fact>
        <Fact name="Parents">{detail.parents.join(', ')}</Fact>
        <Fact name="Observers">{isShared(detail) ? observersText(detail) : null}</Fact>
        <Fact name="Site">{detail.site}</Fact>
        <Fact name="Verdict">{isShared(detail) ? verdictText(detail) : null}</Fact>
        <Fact name="Groups">{detail.groups.join(', ')}</Fact>
        <Fact name="Notes">{plainText(detail.notes)}</Fact>
        <Fact name="More notes">{addressOf(detail.notesUrl)}</Fact>
        <Fact name="Action">{addressOf(detail.actionUrl)}</Fact>
        {variables.map(([name, value]) => (
          <Fact key={name} name={`_${name}`}>
            <span className="font-mono text-[12px]">{value}</span>
          </Fact>
        ))}
        <Fact name="Written in">
          <span className="font-mono text-[12px]">{detail.source}</span>
        </Fact>
      </dl>
    </Section>
  )
}

/** One observer decides alone. */
function isShared({ observers }: ObjectDetail): boolean {
  return observers.length > 1
}

function observersText({ observers }: ObjectDetail): string {
  return observers
    .map(({ cluster, site }) => (site === cluster ? cluster : `${cluster} (${site})`))
    .join(', ')
}

function verdictText({ rule, theta }: ObjectDetail): string {
  return rule === 'evidence' ? `evidence, theta ${theta}` : rule
}

/** Left out when there is nothing to say. */
function Fact({
  name,
  children,
}: {
  readonly name: string
  readonly children: ReactNode
}): ReactNode {
  if (children === null || children === '') return null
  return (
    <>
      <dt className="text-dim">{name}</dt>
      <dd className="wrap-anywhere">{children}</dd>
    </>
  )
}

function addressOf(url: string): ReactNode {
  const address = webAddress(url)
  if (address === undefined) return url
  return (
    <a href={address} target="_blank" rel="noreferrer noopener" className="link">
      {address}
    </a>
  )
}

function scheduleSentence(detail: ObjectDetail): string {
  const every = (ms: number): string => valueText(ms, 'ms')
  const retry =
    isShared(detail) || detail.retryIntervalMs === detail.intervalMs
      ? ''
      : `, retry ${every(detail.retryIntervalMs)}`
  const period = detail.period === null ? '' : `, in ${detail.period}`
  return `every ${every(detail.intervalMs)}${retry}, timeout ${every(detail.timeoutMs)}${period}`
}

function runSentence(detail: ObjectDetail): string | null {
  if (detail.lastCheckAt === null) return null
  return `took ${valueText(detail.executionMs, 'ms')}, started ${valueText(detail.latencyMs, 'ms')} late`
}
