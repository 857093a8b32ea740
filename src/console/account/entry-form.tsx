import { useId, useState, type FormEvent, type ReactElement, type ReactNode } from 'react'
import { ApiFailed } from '../api.ts'
import { Mark } from '../shell/mark.tsx'

interface EntryFormProps {
  readonly title: string
  readonly lead: ReactNode
  readonly submit: string
  readonly children: ReactNode
  /** What is wrong before asking the hub; `undefined`: nothing. */
  readonly onCheck?: (fields: FormData) => string | undefined
  readonly onSubmit: (fields: FormData) => Promise<void>
}

/** The frame of the two pages before the sign-in. A refusal is said in words beside the button and read aloud. */
export function EntryForm(props: EntryFormProps): ReactElement {
  const [problem, setProblem] = useState('')
  const [isBusy, setBusy] = useState(false)
  const problemId = useId()
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget)
    const fault = props.onCheck?.(fields)
    setProblem(fault ?? '')
    if (fault !== undefined) return
    setBusy(true)
    try {
      await props.onSubmit(fields)
    } catch (error) {
      setProblem(problemText(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <main className="flex min-h-full items-start justify-center bg-surface px-4 py-[12vh]">
      <form
        noValidate
        aria-describedby={problem === '' ? undefined : problemId}
        className="w-full max-w-[380px] rounded-xl border border-line bg-raised p-7 shadow-sm"
        onSubmit={(event) => void submit(event)}
      >
        <div className="flex items-center gap-2.5 text-[16px] font-semibold">
          <Mark size={26} /> Parallax
        </div>
        <h1 className="mt-5 text-[20px] font-semibold">{props.title}</h1>
        <div className="mt-1 text-dim">{props.lead}</div>
        <div className="mt-5 flex flex-col gap-4">{props.children}</div>
        <p
          id={problemId}
          role="alert"
          className="mt-4 font-medium empty:hidden"
          style={{ color: 'var(--text-critical)' }}
        >
          {problem}
        </p>
        <button type="submit" disabled={isBusy} className="button button-main mt-5 min-h-9 w-full">
          {isBusy ? 'One moment' : props.submit}
        </button>
      </form>
    </main>
  )
}

interface FieldProps {
  readonly name: string
  readonly label: string
  readonly hint?: string
  readonly type?: 'text' | 'password'
  readonly autoComplete: string
  readonly isFirst?: boolean
}

export function Field(props: FieldProps): ReactElement {
  const id = useId()
  const hintId = `${id}-hint`
  return (
    <div>
      <label htmlFor={id} className="mb-1 block font-medium">
        {props.label}
      </label>
      <input
        id={id}
        name={props.name}
        type={props.type ?? 'text'}
        autoComplete={props.autoComplete}
        autoCapitalize="none"
        spellCheck={false}
        ref={(element) => {
          if (props.isFirst === true) element?.focus()
        }}
        required
        aria-describedby={props.hint === undefined ? undefined : hintId}
        className="field max-md:text-[16px]"
      />
      {props.hint === undefined ? null : (
        <p id={hintId} className="mt-1 text-[12px] text-dim">
          {props.hint}
        </p>
      )}
    </div>
  )
}

export function textOf(fields: FormData, name: string): string {
  const value = fields.get(name)
  return typeof value === 'string' ? value : ''
}

function problemText(error: unknown): string {
  if (!(error instanceof ApiFailed)) return 'Something went wrong in this page. Load it again.'
  if (error.status === 429) {
    const seconds = Math.ceil((error.retryAfterMs ?? 60_000) / 1000)
    return `Too many attempts. Try again in ${seconds} s.`
  }
  return [error.message, ...error.details].join(' ')
}
