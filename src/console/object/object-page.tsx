import { Link, useParams, useRouter } from '@tanstack/react-router'
import { ArrowLeft } from 'lucide-react'
import type { ReactElement } from 'react'
import { useKeys } from '../keyboard.ts'
import { useRechecks } from '../rechecks.ts'
import { ObjectView } from './object-view.tsx'

/** One host or service by its address. */
export function ObjectPage(): ReactElement {
  const { id = '' } = useParams({ strict: false })
  const router = useRouter()
  const rechecks = useRechecks()
  useKeys({
    r: () => rechecks.ask(id),
    Escape: () => {
      if (router.history.canGoBack()) router.history.back()
      else void router.navigate({ to: '/' })
    },
  })
  const cut = id.indexOf('!')
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <div className="mx-auto max-w-[1120px]">
        <nav
          aria-label="Breadcrumb"
          className="flex flex-wrap items-center gap-2 px-5 pt-4 max-md:px-4"
        >
          <Link to="/" className="link inline-flex items-center gap-1 no-underline">
            <ArrowLeft size={14} aria-hidden /> Now
          </Link>
          {cut < 0 ? null : (
            <>
              <span aria-hidden className="text-dim">
                /
              </span>
              <Link
                to="/objects/$id"
                params={{ id: id.slice(0, cut) }}
                className="link no-underline"
              >
                {id.slice(0, cut)}
              </Link>
            </>
          )}
        </nav>
        <ObjectView key={id} id={id} />
      </div>
    </div>
  )
}
