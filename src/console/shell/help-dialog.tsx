import { useState, type ReactElement, type Ref } from 'react'
import { areSingleKeysOn, setSingleKeys } from '../keyboard.ts'

const KEYS: readonly (readonly [keys: readonly string[], what: string])[] = [
  [['j', 'k'], 'next and previous row; arrows too'],
  [['Enter', 'o'], 'open the row beside the list'],
  [['O'], 'open it as a page'],
  [['r'], 'recheck the row or the open object'],
  [['/'], 'filter'],
  [['.'], 'apply what waits while the order is held'],
  [['t'], 'history: decided or raw results'],
  [['t'], 'decided, or raw: in Services and in the history of an object'],
  [['g', 'n'], 'go to Now'],
  [['g', 's'], 'go to Services'],
  [['g', 'v'], 'go to Vantage'],
  [['g', 'c'], 'go to Clusters'],
  [['g', 'i'], 'go to Status'],
  [['Esc'], 'close one layer'],
  [['?'], 'this list'],
]

export function HelpDialog({ ref }: { readonly ref: Ref<HTMLDialogElement> }): ReactElement {
  const [isOn, setOn] = useState(areSingleKeysOn)
  return (
    <dialog
      ref={ref}
      aria-labelledby="help-title"
      className="m-auto w-[440px] max-w-[calc(100vw-2rem)] rounded-xl border border-edge bg-raised p-5 text-text shadow-2xl backdrop:bg-black/50"
    >
      <h2 id="help-title" className="text-[17px] font-semibold">
        Keys
      </h2>
      <dl className="mt-3 grid grid-cols-[96px_1fr] gap-y-2">
        {KEYS.map(([keys, what]) => (
          <div key={what} className="contents">
            <dt className="flex gap-1">
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <label className="mt-4 flex items-center gap-2">
        <input
          type="checkbox"
          className="size-4"
          checked={isOn}
          onChange={(event) => {
            setSingleKeys(event.target.checked)
            setOn(event.target.checked)
          }}
        />
        Single keys are on
      </label>
      <form method="dialog" className="mt-4 flex justify-end">
        <button type="submit" className="button">
          Close
        </button>
      </form>
    </dialog>
  )
}
