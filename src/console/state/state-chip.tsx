import type { ReactElement } from 'react'
import { STATE_LOOKS, type ChipState, type StateLook } from './states.ts'

interface StateChipProps {
  readonly state: ChipState
  /** For the head of a page: larger, and filled whatever the state. */
  readonly isLarge?: boolean
}

/** Shape, letter and colour of a state; read aloud as its word. */
export function StateChip({ state, isLarge = false }: StateChipProps): ReactElement {
  const look = STATE_LOOKS[state]
  return (
    <span
      className={`chip chip-${state} ${isLarge ? 'chip-large chip-solid' : ''}`}
      title={look.word}
    >
      <StateShape shape={look.shape} />
      <span aria-hidden>{look.letter}</span>
      <span className="sr-only">{look.word}</span>
    </span>
  )
}

export function StateShape({ shape }: { readonly shape: StateLook['shape'] }): ReactElement {
  return (
    <svg viewBox="0 0 10 10" aria-hidden="true" fill="currentColor">
      {SHAPES[shape]}
    </svg>
  )
}

const SHAPES: Readonly<Record<StateLook['shape'], ReactElement>> = {
  square: <rect x="0.5" y="0.5" width="9" height="9" rx="1" />,
  triangle: <path d="M5 0.6 9.8 9.4H0.2Z" />,
  diamond: <path d="M5 0 10 5 5 10 0 5Z" />,
  disc: <circle cx="5" cy="5" r="4.6" />,
  crossed: (
    <g fill="none" stroke="currentColor" strokeWidth="1.5">
      <circle cx="5" cy="5" r="4" />
      <path d="M1.2 8.8 8.8 1.2" />
    </g>
  ),
  hatched: (
    <g fill="none" stroke="currentColor" strokeWidth="1.2">
      <rect x="0.7" y="0.7" width="8.6" height="8.6" />
      <path d="M1 5 5 1M1 9 9 1M5 9 9 5" />
    </g>
  ),
  half: (
    <g>
      <circle cx="5" cy="5" r="4.2" fill="none" stroke="currentColor" strokeWidth="1.4" />
      <path d="M5 0.8a4.2 4.2 0 0 1 0 8.4Z" />
    </g>
  ),
}
