import { Link } from '@tanstack/react-router'
import { useMemo, type ReactElement } from 'react'
import { useAge, useLiveRow, useLiveView } from '../live/hooks.ts'
import { servicesOf } from '../live/overview.ts'
import { plainText } from '../state/plain-text.ts'
import { StateChip } from '../state/state-chip.tsx'
import { chipStateOf } from '../state/states.ts'
import { Section } from './section.tsx'

/** The services of a host as they are now. */
export function HostServices({ host }: { readonly host: string }): ReactElement {
  const view = useLiveView()
  const ids = useMemo(() => servicesOf(view.columns, host), [view, host])
  return (
    <Section title={`Services (${ids.length})`}>
      {ids.length === 0 ? (
        <p className="text-dim">Only the host itself is checked.</p>
      ) : (
        <ul className="overflow-hidden rounded-lg border border-line">
          {ids.map((id) => (
            <ServiceLine key={id} id={id} />
          ))}
        </ul>
      )}
    </Section>
  )
}

function ServiceLine({ id }: { readonly id: string }): ReactElement | null {
  const row = useLiveRow(id)
  const age = useAge(row?.lastChangeAt ?? null)
  if (row === undefined) return null
  return (
    <li className="border-t border-line first:border-t-0">
      <Link
        to="/objects/$id"
        params={{ id: row.id }}
        className="grid grid-cols-[40px_minmax(0,2fr)_minmax(0,4fr)_72px] items-center gap-3 px-3 py-1.5 -outline-offset-2 hover:bg-hover max-md:grid-cols-[40px_minmax(0,1fr)_72px]"
      >
        <StateChip state={chipStateOf(row)} />
        <span className="truncate font-medium">{row.displayName}</span>
        <span className="truncate text-dim max-md:hidden">{plainText(row.output)}</span>
        <span className="text-right text-dim">{age}</span>
      </Link>
    </li>
  )
}
