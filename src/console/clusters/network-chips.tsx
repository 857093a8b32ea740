import type { ReactElement } from 'react'
import type { CollectorRow } from '../../wire/api/network.ts'
import { StateShape } from '../state/state-chip.tsx'
import type { ChipState, StateLook } from '../state/states.ts'

interface Look {
  readonly chip: ChipState
  readonly shape: StateLook['shape']
}

/** Shape, word and colour, as states have them. */
const HEALTH: Readonly<Record<CollectorRow['health'], Look>> = {
  live: { chip: 'ok', shape: 'disc' },
  late: { chip: 'warning', shape: 'triangle' },
  lost: { chip: 'critical', shape: 'square' },
}
const QUIET: Look = { chip: 'pending', shape: 'half' }

export function HealthChip({ health }: Pick<CollectorRow, 'health'>): ReactElement {
  return <WordChip look={HEALTH[health]} word={health} />
}

export function QuietChip({ word }: { readonly word: string }): ReactElement {
  return <WordChip look={QUIET} word={word} />
}

export function WarningChip({ word }: { readonly word: string }): ReactElement {
  return <WordChip look={HEALTH.late} word={word} />
}

export function BadChip({ word }: { readonly word: string }): ReactElement {
  return <WordChip look={HEALTH.lost} word={word} />
}

function WordChip({ look, word }: { readonly look: Look; readonly word: string }): ReactElement {
  return (
    <span className={`chip chip-${look.chip}`}>
      <StateShape shape={look.shape} />
      <span>{word}</span>
    </span>
  )
}
