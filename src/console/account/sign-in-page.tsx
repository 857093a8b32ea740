import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Navigate, useRouter, useSearch } from '@tanstack/react-router'
import { use, type ReactElement } from 'react'
import { ApiContext } from '../api-context.ts'
import { EntryForm, Field, textOf } from './entry-form.tsx'
import { rememberSession, safeNext } from './entry.ts'

export function SignInPage(): ReactElement {
  const api = use(ApiContext)
  const router = useRouter()
  const cache = useQueryClient()
  const { next }: { next?: string } = useSearch({ strict: false })
  const setup = useQuery({ queryKey: ['setup'], queryFn: () => api.setupState() })
  if (setup.data?.needsSetup === true) return <Navigate to="/setup" replace />
  return (
    <EntryForm
      title="Sign in"
      lead="With the name and password of your Parallax account."
      submit="Sign in"
      onCheck={(fields) => {
        const isWhole = textOf(fields, 'username') !== '' && textOf(fields, 'password') !== ''
        return isWhole ? undefined : 'Give both name and password.'
      }}
      onSubmit={async (fields) => {
        const session = await api.signIn({
          username: textOf(fields, 'username'),
          password: textOf(fields, 'password'),
        })
        rememberSession(cache, session)
        router.history.replace(safeNext(next))
      }}
    >
      <Field name="username" label="Name" autoComplete="username" isFirst />
      <Field name="password" label="Password" type="password" autoComplete="current-password" />
    </EntryForm>
  )
}
