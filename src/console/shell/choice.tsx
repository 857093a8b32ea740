import type { ReactElement } from 'react'

interface ChoiceProps<T extends string> {
  readonly label: string
  readonly options: readonly T[]
  readonly value: T
  readonly onChange: (value: T) => void
}

/** One of a few, all in view. */
export function Choice<T extends string>(props: ChoiceProps<T>): ReactElement {
  return (
    <div
      role="group"
      aria-label={props.label}
      className="inline-flex overflow-hidden rounded-md border border-edge"
    >
      {props.options.map((option) => (
        <button
          key={option}
          type="button"
          aria-pressed={option === props.value}
          onClick={() => props.onChange(option)}
          className={`min-h-7 border-l border-edge px-2.5 -outline-offset-2 first:border-l-0 ${
            option === props.value ? 'bg-chosen font-semibold' : 'hover:bg-hover'
          }`}
        >
          {option}
        </button>
      ))}
    </div>
  )
}
