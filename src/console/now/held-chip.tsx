import type { ReactElement } from 'react'
import type { Difference } from './hold.ts'

interface HeldChipProps {
  readonly waiting: Difference
  readonly onApply: () => void
}

/** Says what waits while the order is held for the one who works in the list. */
export function HeldChip({ waiting, onApply }: HeldChipProps): ReactElement {
  const parts = [
    waiting.added > 0 ? `${waiting.added} new` : '',
    waiting.moved > 0 ? `${waiting.moved} moved` : '',
  ].filter((part) => part !== '')
  return (
    <div aria-live="polite" className="relative z-10 h-0">
      {parts.length === 0 ? null : (
        <div className="flex justify-center">
          <button type="button" className="button button-main mt-2 shadow-lg" onClick={onApply}>
            {parts.join(', ')} — press <kbd className="bg-transparent! text-inherit">.</kbd> to
            apply
          </button>
        </div>
      )}
    </div>
  )
}
