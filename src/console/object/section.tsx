import type { ReactElement, ReactNode } from 'react'

interface SectionProps {
  readonly title: string
  readonly aside?: ReactNode
  readonly children: ReactNode
}

export function Section({ title, aside, children }: SectionProps): ReactElement {
  return (
    <section className="mt-6">
      <div className="mb-2 flex min-h-8 items-center justify-between gap-3">
        <h2 className="text-[14px] font-semibold">{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  )
}
