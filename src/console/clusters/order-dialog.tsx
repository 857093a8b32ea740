import { useMutation, useQueryClient } from '@tanstack/react-query'
import { TriangleAlert } from 'lucide-react'
import { useEffect, useRef, useState, type ReactElement } from 'react'
import type { CollectorOrder, CollectorRow } from '../../wire/api/network.ts'
import { useApp } from '../app-context.ts'
import {
  choicesOf,
  consequenceOf,
  type ClusterSection,
  type Consequence,
  type OrderKind,
} from './network-view.ts'

interface OrderDialogProps {
  readonly row: CollectorRow
  readonly section: ClusterSection
  readonly onClose: () => void
  /** What became of it. */
  readonly onDone: (words: string) => void
}

const WORDS: Readonly<Record<OrderKind, string>> = {
  drain: 'Drain',
  cordon: 'Cordon',
  uncordon: 'Uncordon',
  weight: 'Change the weight',
}

function useOrder(id: string, onDone: (words: string) => void) {
  const { api } = useApp()
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (order: CollectorOrder) => api.order(id, order),
    onSuccess: ({ standing }, order) => {
      void cache.invalidateQueries({ queryKey: ['network'] })
      onDone(order.kind === 'weight' ? `${id} has weight ${order.weight}` : `${id} is ${standing}`)
    },
  })
}

/** Says what an order will do before it is given. */
export function OrderDialog({ row, section, onClose, onDone }: OrderDialogProps): ReactElement {
  const dialog = useRef<HTMLDialogElement>(null)
  const choices = choicesOf(row)
  const [chosen, setChosen] = useState<OrderKind>()
  const [weight, setWeight] = useState(String(row.weight ?? 1))
  useEffect(() => dialog.current?.showModal(), [])
  // Its standing may change while somebody reads.
  const kind = chosen !== undefined && choices.includes(chosen) ? chosen : choices[0]
  const isWeightGood = Number(weight) >= 0.01 && Number(weight) <= 100
  const giving = useOrder(row.id, onDone)
  if (kind === undefined) throw new Error('a collector can always be told something')
  return (
    <dialog
      ref={dialog}
      aria-labelledby="order-title"
      onClose={onClose}
      className="m-auto w-[520px] max-w-[calc(100vw-2rem)] rounded-xl border border-edge bg-raised p-5 text-text shadow-2xl backdrop:bg-black/50"
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          giving.mutate(kind === 'weight' ? { kind, weight: Number(weight) } : { kind })
        }}
      >
        <h2 id="order-title" className="text-[17px] font-semibold">
          Manage {row.id}
        </h2>
        <Choices
          choices={choices}
          kind={kind}
          onChoose={(choice) => {
            setChosen(choice)
            giving.reset()
          }}
        />
        {kind === 'weight' ? <WeightField text={weight} onChange={setWeight} /> : null}
        <WhatHappens of={consequenceOf({ kind, row, section, weight: Number(weight) })} />
        {giving.isError ? (
          <p role="alert" className="mt-3 font-semibold text-critical">
            {giving.error.message}
          </p>
        ) : null}
        <div className="mt-5 flex justify-end gap-2">
          <button type="button" className="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button
            type="submit"
            className="button button-main"
            disabled={giving.isPending || (kind === 'weight' && !isWeightGood)}
          >
            {giving.isPending ? 'Asking' : WORDS[kind]}
          </button>
        </div>
      </form>
    </dialog>
  )
}

function WhatHappens({ of: { text, warning } }: { readonly of: Consequence }): ReactElement {
  return (
    <div className="mt-3 min-h-20" aria-live="polite">
      <p>{text}</p>
      {warning === '' ? null : (
        <p className="mt-2 flex items-start gap-2 rounded-md bg-amber px-3 py-2 text-on-amber">
          <TriangleAlert size={14} aria-hidden className="mt-0.5 flex-none" />
          {warning}
        </p>
      )}
    </div>
  )
}

interface ChoicesProps {
  readonly choices: readonly OrderKind[]
  readonly kind: OrderKind
  readonly onChoose: (kind: OrderKind) => void
}

function Choices({ choices, kind, onChoose }: ChoicesProps): ReactElement {
  return (
    <fieldset className="mt-3 grid gap-1">
      <legend className="sr-only">What shall it do?</legend>
      {choices.map((choice) => (
        <label key={choice} className="flex min-h-7 items-center gap-2">
          <input
            type="radio"
            name="order"
            className="size-4"
            checked={choice === kind}
            onChange={() => onChoose(choice)}
          />
          {WORDS[choice]}
        </label>
      ))}
    </fieldset>
  )
}

interface WeightFieldProps {
  readonly text: string
  readonly onChange: (text: string) => void
}

function WeightField({ text, onChange }: WeightFieldProps): ReactElement {
  return (
    <label className="mt-3 flex items-center gap-3">
      Weight
      <input
        type="number"
        className="field w-28!"
        min={0.01}
        max={100}
        step="any"
        required
        value={text}
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  )
}
