import type { ReactElement } from 'react'
import { useApp } from '../app-context.ts'
import { sinceText, utcText } from '../state/times.ts'
import { useObservers } from './use-vantage.ts'

const PAST_MAX = 5

/** What is wrong with observers and their ways: one line each, and the last ones that are over. */
export function ObserverIncidents(): ReactElement | null {
  const { store } = useApp()
  const { data } = useObservers()
  const incidents = data?.incidents ?? []
  const open = incidents.filter(({ closedAt }) => closedAt === null)
  const past = incidents.filter(({ closedAt }) => closedAt !== null).slice(0, PAST_MAX)
  if (open.length + past.length === 0) return null
  const now = store.now()
  return (
    <section aria-label="Incidents of observers" className="mt-4">
      <ul className="flex flex-col gap-1">
        {[...open, ...past].map((one) => (
          <li
            key={`${one.kind}${one.observer}${one.subject}${one.openedAt}`}
            className={`rounded-md border border-line px-3 py-1.5 ${one.closedAt === null ? 'bg-amber text-on-amber' : 'text-dim'}`}
          >
            <span className="font-semibold wrap-anywhere">{one.text}</span>{' '}
            <span title={utcText(Date.parse(one.openedAt))}>
              {one.closedAt === null
                ? `since ${sinceText(Date.parse(one.openedAt), now)}`
                : `${sinceText(Date.parse(one.openedAt), now)} to ${sinceText(Date.parse(one.closedAt), now)}`}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
