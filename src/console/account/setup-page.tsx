import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Navigate, useRouter } from '@tanstack/react-router'
import { use, type ReactElement } from 'react'
import { ApiContext } from '../api-context.ts'
import { EntryForm, Field, textOf } from './entry-form.tsx'
import { rememberSession } from './entry.ts'

const PASSWORD_MIN = 12

/** First run: whoever can read the hub's log makes the first administrator. */
export function SetupPage(): ReactElement {
  const api = use(ApiContext)
  const router = useRouter()
  const cache = useQueryClient()
  const setup = useQuery({ queryKey: ['setup'], queryFn: () => api.setupState() })
  if (setup.data?.needsSetup === false) return <Navigate to="/sign-in" replace />
  return (
    <EntryForm
      title="First sign-in"
      lead="Make the first administrator. The token shows that you run this hub."
      submit="Create the account and sign in"
      onCheck={faultOf}
      onSubmit={async (fields) => {
        const session = await api.setUp({
          token: textOf(fields, 'token').trim(),
          username: textOf(fields, 'username').trim(),
          password: textOf(fields, 'password'),
        })
        rememberSession(cache, session)
        router.history.replace('/')
      }}
    >
      <Field
        name="token"
        label="First-run token"
        hint="Printed where the hub was started, after “First-run token:”."
        autoComplete="off"
        isFirst
      />
      <Field name="username" label="Name" autoComplete="username" />
      <Field
        name="password"
        label="Password"
        hint={`At least ${PASSWORD_MIN} characters. A few words are fine.`}
        type="password"
        autoComplete="new-password"
      />
    </EntryForm>
  )
}

function faultOf(fields: FormData): string | undefined {
  if (textOf(fields, 'token').trim() === '') return 'Give the first-run token.'
  if (textOf(fields, 'username').trim() === '') return 'Choose a name.'
  const missing = PASSWORD_MIN - textOf(fields, 'password').length
  if (missing <= 0) return undefined
  return `The password is too short: ${missing} more ${missing === 1 ? 'character' : 'characters'}.`
}
