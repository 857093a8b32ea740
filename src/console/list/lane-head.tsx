import { ChevronRight } from 'lucide-react'
import type { ReactElement } from 'react'
import type { LaneName } from '../now/lanes.ts'
import type { ListItem } from './list-item.ts'

type LaneItem = ListItem & { readonly kind: 'lane' }

interface LaneHeadProps {
  readonly item: LaneItem
  readonly rowIndex: number
  readonly onToggle: (item: LaneItem) => void
}

const TITLES: Readonly<Record<LaneName, readonly [title: string, hint: string]>> = {
  problems: ['Unhandled problems', ''],
  recovered: ['Recently recovered', 'in the last 15 minutes'],
  symptoms: ['Symptoms', 'services of hosts that are down'],
  stale: ['Stale', 'not seen for longer than they should'],
  pending: ['Pending', 'not checked yet'],
}

export function LaneHead({ item, rowIndex, onToggle }: LaneHeadProps): ReactElement {
  const [title, hint] = TITLES[item.lane]
  const count = item.count === item.total ? `${item.total}` : `${item.count} of ${item.total}`
  return (
    <div role="row" aria-rowindex={rowIndex} className="h-full">
      <div role="gridcell" aria-colspan={7} className="h-full">
        <button
          type="button"
          aria-expanded={item.isOpen}
          onClick={() => onToggle(item)}
          className="flex h-full w-full items-center gap-2 border-b border-line bg-surface px-3 text-left hover:bg-hover"
        >
          <ChevronRight
            size={14}
            aria-hidden
            className={`flex-none text-dim ${item.isOpen ? 'rotate-90' : ''}`}
          />
          <span className="font-semibold">{title}</span>
          <span className="text-dim">{count}</span>
          <span className="truncate text-dim max-md:hidden">{hint}</span>
        </button>
      </div>
    </div>
  )
}
