import type { ReactElement } from 'react'

/** How a machine becomes a collector: one command on each side. */
export function JoinGuide({ cluster }: { readonly cluster: string | undefined }): ReactElement {
  return (
    <div>
      <p className="font-semibold">
        {cluster === undefined ? 'No cluster yet' : 'No collector has joined yet'}
      </p>
      <ol className="mt-2 grid gap-2.5">
        {cluster === undefined ? (
          <Step what="Make a cluster, for example of one place" line="parallax cluster add east" />
        ) : null}
        <Step
          what="On this hub: print a line with which one machine may join"
          line={`parallax collector token --cluster ${cluster ?? 'east'}`}
        />
        <Step
          what="On the new machine: join with that line, then run it"
          line="parallax collector join TOKEN && parallax collector"
        />
      </ol>
    </div>
  )
}

function Step({ what, line }: { readonly what: string; readonly line: string }): ReactElement {
  return (
    <li>
      <p className="text-dim">{what}</p>
      <code className="mt-1 inline-block rounded-md border border-line bg-surface px-2.5 py-1 font-mono text-[12px] wrap-anywhere">
        {line}
      </code>
    </li>
  )
}
