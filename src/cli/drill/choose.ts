import type { CollectorRow } from '../../wire/api/network.ts'
import { CommandFailed, EXIT } from '../exit.ts'

export type Candidate = Pick<
  CollectorRow,
  'id' | 'cluster' | 'health' | 'standing' | 'role' | 'hosts'
>

/** Rule DR8 of docs/spec/drill.md: the named one, or the one with the most hosts. @throws CommandFailed where nobody could take over */
export function chosenOf(rows: readonly Candidate[], wanted: string | undefined): Candidate {
  const working = rows.filter(
    ({ health, standing, role }) => health === 'live' && standing === 'active' && role === 'full',
  )
  const others = (row: Candidate): number =>
    working.filter(({ id, cluster }) => cluster === row.cluster && id !== row.id).length
  if (wanted === undefined) {
    const [best] = working
      .filter((row) => row.hosts > 0 && others(row) > 0)
      .toSorted((a, b) => b.hosts - a.hosts)
    if (best !== undefined) return best
    throw new CommandFailed(
      EXIT.notFound,
      'no collector can fail without its hosts being left alone',
      'a cluster needs two that are live and active: `parallax get collectors`',
    )
  }
  const row = rows.find(({ id }) => id === wanted)
  if (row === undefined)
    throw new CommandFailed(EXIT.notFound, `no collector ${wanted} has joined`, namesOf(rows))
  if (!working.includes(row))
    throw new CommandFailed(
      EXIT.conflict,
      `${wanted} is ${row.health} and ${row.standing ?? 'was not heard yet'}: there is nothing to fail`,
    )
  if (others(row) > 0) return row
  throw new CommandFailed(
    EXIT.conflict,
    `${wanted} is the only working collector of ${row.cluster}: its hosts would be left alone`,
    'let another one join, or wait until it is back',
  )
}

function namesOf(rows: readonly Candidate[]): string {
  return rows.length === 0
    ? '`parallax up` has no collectors beside it'
    : `there are: ${rows.map(({ id }) => id).join(', ')}`
}
