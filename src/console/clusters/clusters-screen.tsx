import { useState, type ReactElement } from 'react'
import { ListSkeleton } from '../shell/list-skeleton.tsx'
import { BlindSpots } from './blind-spots.tsx'
import { ClusterCard } from './cluster-card.tsx'
import { HubTable } from './hub-table.tsx'
import { JoinGuide } from './join-guide.tsx'
import { blindSpotsOf, counted, isEverywhere, sectionsOf } from './network-view.ts'
import { OrderDialog } from './order-dialog.tsx'
import { useNetwork, type NetworkNow } from './use-network.ts'

/** Who checks, for whom, and what nobody checks. */
export function ClustersScreen(): ReactElement {
  const query = useNetwork()
  const spots = blindSpotsOf(query.data?.clusters ?? [])
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      {spots.length === 0 ? null : <BlindSpots spots={spots} />}
      <div className="p-5 max-md:p-4">
        <h1 className="text-[20px] font-semibold">Clusters and collectors</h1>
        {query.isError ? (
          <p role="alert" className="mt-2">
            {query.error.message} {query.data === undefined ? '' : 'This is what was seen last.'}
          </p>
        ) : null}
        {query.data === undefined ? (
          query.isError ? null : (
            <ListSkeleton />
          )
        ) : (
          <Network network={query.data} />
        )}
      </div>
    </div>
  )
}

function Network({ network }: { readonly network: NetworkNow }): ReactElement {
  const { clusters, collectors, hubs } = network
  const [managedId, setManagedId] = useState<string>()
  const [words, setWords] = useState('')
  const sections = sectionsOf(clusters, collectors)
  const managed = sections
    .flatMap((section) => section.collectors.map((row) => ({ row, section })))
    .find(({ row }) => row.id === managedId)
  const isAlone = collectors.length > 0 && collectors.every(isEverywhere)
  return (
    <>
      <p className="mt-1 text-dim">{summaryOf(network)}</p>
      <p role="status" className={words === '' ? 'sr-only' : 'mt-2 font-semibold'}>
        {words}
      </p>
      {isAlone ? (
        <p className="mt-1 text-dim">
          The only collector is in the process of this hub. <code>parallax hub</code> has collectors
          on other machines.
        </p>
      ) : null}
      {sections.length === 0 ? (
        <div className="mt-5 rounded-lg border border-line px-4 py-4">
          <JoinGuide cluster={undefined} />
        </div>
      ) : null}
      {sections.map((section) => (
        <ClusterCard
          key={section.cluster.name}
          section={section}
          onManage={({ id }) => {
            setWords('')
            setManagedId(id)
          }}
        />
      ))}
      <HubTable hubs={hubs} />
      {managed === undefined ? null : (
        <OrderDialog
          key={managed.row.id}
          {...managed}
          onClose={() => setManagedId(undefined)}
          onDone={(done) => {
            setWords(done)
            setManagedId(undefined)
          }}
        />
      )}
    </>
  )
}

function summaryOf({ clusters, collectors, hubs }: NetworkNow): string {
  const live = collectors.filter(({ health }) => health === 'live').length
  return [
    counted(clusters.length, 'cluster'),
    `${live} of ${counted(collectors.length, 'collector')} live`,
    counted(hubs.length, 'hub'),
  ].join(' · ')
}
