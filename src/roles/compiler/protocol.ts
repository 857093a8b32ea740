import type { FleetDifference, KindChange } from '../../configuration/fleet-difference.ts'
import type { FleetDigests } from '../../configuration/revision.ts'
import type { ManifestEntry, ObjectWrite, StoredText } from '../../orchestrator/ports.ts'
import type { ApiObject, ProposedDocuments } from '../../configuration/desired.ts'
import type { ConfigurationProblem } from '../../wire/api/configuration.ts'

/** What main and the compiler's thread say to each other: one request, one answer, one at a time. */

export interface CompilerSettings {
  /** Of the hub's own configuration. */
  readonly path: string
  /** Where the console of this hub is: `$PARALLAXURL$`. */
  readonly url: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Whether there are hosts for Parallax itself where no file says it. */
  readonly selfMonitoring?: boolean
}

/** A text of an earlier revision, deflated as it is stored. */
export interface StoredSource extends ManifestEntry {
  readonly body: StoredText['body']
}

export interface CompileOrder {
  /** The files as they are on the disk now, or those of an earlier revision. */
  readonly files: 'on-disk' | readonly StoredSource[]
  /** Objects of the API as they are active now, or were in that revision. */
  readonly activeObjects: readonly StoredSource[]
  /** Objects of the API as they stand; instead of `activeObjects`. */
  readonly objects: readonly ApiObject[]
  readonly proposal: ProposedDocuments | undefined
  /** What these texts mean by `$PARALLAXURL$`; absent: this hub. */
  readonly url?: string | undefined
}

/** The fleet to compare with: its objects as digests, when the thread does not have them. */
export interface Basis {
  readonly revision: string
  readonly digests: FleetDigests | undefined
}

export type CompilerRequest =
  | { readonly kind: 'compile'; readonly order: CompileOrder; readonly basis: Basis }
  /** The next objects of the last compiled fleet that differ from the basis. */
  | { readonly kind: 'next-objects' }
  /** Texts of the last compilation, deflated. */
  | { readonly kind: 'texts'; readonly hashes: readonly string[] }
  | {
      readonly kind: 'diff'
      readonly from: readonly StoredSource[]
      readonly to: readonly StoredSource[]
    }
  | { readonly kind: 'export'; readonly texts: readonly StoredSource[] }
  /** Nobody asks for the last compilation any more: give back the memory that it took. */
  | { readonly kind: 'rest' }

export type CompilerAnswer =
  | { readonly kind: 'compiled'; readonly outcome: CompileOutcome }
  | { readonly kind: 'objects'; readonly objects: readonly DeltaObject[]; readonly isLast: boolean }
  | { readonly kind: 'texts'; readonly texts: readonly StoredText[] }
  | { readonly kind: 'diff'; readonly changes: readonly KindChange[] }
  | { readonly kind: 'export'; readonly text: string }
  | { readonly kind: 'rested' }
  /** It does not know the basis: ask again with digests. */
  | { readonly kind: 'needs-basis' }
  /** A fault of the program. */
  | { readonly kind: 'failed'; readonly reason: string }

export interface CompileOutcome {
  readonly revision: string
  readonly problems: readonly ConfigurationProblem[]
  readonly hosts: number
  readonly services: number
  readonly difference: FleetDifference
  /** All ids of the maps in which some came or went. */
  readonly orders: ReadonlyMap<string, readonly string[]>
  readonly manifest: readonly ManifestEntry[]
  readonly writes: readonly ObjectWrite[]
  /** Who manages what is written in a source, by its name; files are not in it. */
  readonly owners: ReadonlyMap<string, string>
}

export interface DeltaObject {
  readonly kind: string
  readonly id: string
  readonly object: object
  readonly digest: string
}
