import { Link } from '@tanstack/react-router'
import { Activity, Eye, Info, Network, Server } from 'lucide-react'
import type { ReactElement } from 'react'

const SCREENS = [
  { to: '/', word: 'Now', keys: 'g n', Icon: Activity },
  { to: '/services', word: 'Services', keys: 'g s', Icon: Server },
  { to: '/vantage', word: 'Vantage', keys: 'g v', Icon: Eye },
  { to: '/clusters', word: 'Clusters', keys: 'g c', Icon: Network },
  { to: '/status', word: 'Status', keys: 'g i', Icon: Info },
] as const

/** The screens there are: left on desktops, at the bottom of phones. */
export function Rail(): ReactElement {
  return (
    <nav
      aria-label="Screens"
      className="flex flex-none border-line bg-surface max-md:border-t md:w-[72px] md:flex-col md:gap-1 md:border-r md:py-2"
    >
      {SCREENS.map(({ to, word, keys, Icon }) => (
        <Link
          key={to}
          to={to}
          title={`${word} (${keys})`}
          activeOptions={{ exact: true, includeSearch: false }}
          className="flex flex-1 flex-col items-center justify-center gap-0.5 py-2 text-[11px] text-dim -outline-offset-2 hover:text-text md:mx-1 md:flex-none md:rounded-md"
          activeProps={{ className: 'bg-chosen text-text! font-semibold', 'aria-current': 'page' }}
        >
          <Icon size={18} aria-hidden />
          {word}
        </Link>
      ))}
    </nav>
  )
}
