import { Link } from '@tanstack/react-router'
import { CircleHelp, Monitor, Moon, Sun } from 'lucide-react'
import type { ReactElement } from 'react'
import { nextTheme, useTheme } from '../theme.ts'
import { CounterChips } from './counter-chips.tsx'
import { FilterBox } from './filter-box.tsx'
import { FreshnessChip } from './freshness-chip.tsx'
import { Mark } from './mark.tsx'
import { UserMenu } from './user-menu.tsx'

/** One line on desktops; brand, filter and counters under each other on phones. */
export function TopBar({ onHelp }: { readonly onHelp: () => void }): ReactElement {
  return (
    <header className="flex flex-none flex-wrap items-center gap-x-3 gap-y-2 border-b border-line bg-surface px-3 py-1.5 md:h-12 md:flex-nowrap md:py-0">
      <Link to="/" className="flex flex-none items-center gap-2 text-[15px] font-semibold">
        <Mark />
        Parallax
      </Link>
      <div className="order-last w-full md:order-none md:ml-3 md:w-72">
        <FilterBox />
      </div>
      <div className="order-last w-full min-w-0 md:order-none md:w-auto md:flex-1">
        <CounterChips />
      </div>
      <div className="ml-auto flex flex-none items-center gap-1">
        <FreshnessChip />
        <ThemeButton />
        <button
          type="button"
          className="icon-button max-md:hidden"
          aria-label="Help"
          title="Keys (?)"
          onClick={onHelp}
        >
          <CircleHelp size={17} aria-hidden />
        </button>
        <UserMenu />
      </div>
    </header>
  )
}

function ThemeButton(): ReactElement {
  const theme = useTheme()
  const Icon = { system: Monitor, light: Sun, dark: Moon }[theme]
  const label = `Theme: ${theme}`
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={label}
      title={label}
      onClick={nextTheme}
    >
      <Icon size={17} aria-hidden />
    </button>
  )
}
