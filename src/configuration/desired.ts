import { createHash } from 'node:crypto'
import { stringify } from 'yaml'
import { Problems, type Place, type Problem } from './problem.ts'
import { KINDS, type Kind } from './yaml/kinds.ts'
import { parseSource, type Entry, type SourceText, type SourceTree } from './yaml/source-tree.ts'

/** What should be monitored: the files, and the objects of the API as a proposal would leave them. */

/** An object of the API. Its text is a whole YAML source with nothing but it. */
export interface ApiObject {
  /** The keys that lead to it, with a dot: `hosts`, `templates.hosts`. */
  readonly kind: string
  readonly name: string
  readonly managedBy: string
  /** `undefined`: it was deleted, and its owner left something else. */
  readonly written: WrittenText | undefined
  /** Of the text that its owner left. */
  readonly ownerHash: string | undefined
}

export interface WrittenText {
  readonly hash: string
  readonly text: string
}

export interface DesiredInput {
  readonly files: readonly SourceText[]
  readonly objects: readonly ApiObject[]
  readonly proposal?: ProposedDocuments
}

export interface ProposedDocuments {
  readonly documents: readonly { readonly name: string; readonly text: string }[]
  readonly managedBy: string
  /** Deletes objects of this owner that the documents lack. */
  readonly prune: boolean
  /** Takes objects over from other owners. */
  readonly force: boolean
}

export interface Desired {
  /** To be compiled. */
  readonly sources: readonly SourceText[]
  /** Objects that belong to another owner. */
  readonly owned: readonly Problem[]
  /** What is to be kept of it once it is active. */
  readonly kept: readonly KeptText[]
  readonly writes: readonly ApiWrite[]
  /** Who manages what is written in a source, by its name. Files are not in it. */
  readonly owners: ReadonlyMap<string, string>
}

export interface KeptText extends SourceText {
  readonly hash: string
  readonly object?: Pick<ApiObject, 'kind' | 'name' | 'managedBy'>
}

export interface ApiWrite extends Pick<ApiObject, 'kind' | 'name' | 'managedBy'> {
  /** `undefined` deletes it. */
  readonly written: (WrittenText & { readonly value: unknown }) | undefined
}

export const FILE_OWNER = 'file'

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}

/** The name under which problems speak of an object of the API. */
export function sourceNameOf(object: { readonly kind: string; readonly name: string }): string {
  const file = `api/${object.kind}/${object.name}`
  // What ends in .cfg would be read as a file of Nagios; no name of an object holds a parenthesis.
  return file.endsWith('.cfg') ? `${file} (YAML)` : file
}

/** A YAML source with this one object. */
export function textOfObject(kind: string, name: string, value: unknown): string {
  const inner = kind
    .split('.')
    .reduceRight<unknown>((inside, key) => ({ [key]: inside }), { [name]: value })
  return stringify(inner, { lineWidth: 0, aliasDuplicateObjects: false })
}

export function desiredOf({ files, objects, proposal }: DesiredInput): Desired {
  const change = proposal === undefined ? undefined : changeOf(objects, proposal)
  const replaced = new Set(change?.writes.map(sourceNameOf))
  const documents = (proposal?.documents ?? []).map(({ name, text }) => ({ file: name, text }))
  const stays = objects.flatMap(({ kind, name, managedBy, written }): KeptText[] => {
    const object = { kind, name, managedBy }
    const file = sourceNameOf(object)
    return written === undefined || replaced.has(file) ? [] : [{ file, ...written, object }]
  })
  const inDocuments = new Set(change?.named.map(sourceNameOf))
  const written = (change?.writes ?? []).flatMap(({ written: now, ...object }): KeptText[] =>
    now === undefined
      ? []
      : [{ file: sourceNameOf(object), hash: now.hash, text: now.text, object }],
  )
  const kept = [
    ...files.map((file) => ({ ...file, hash: hashOf(file.text) })),
    ...[...stays, ...written].sort((a, b) => (a.file < b.file ? -1 : 1)),
  ]
  const owners = new Map(stays.map(({ file, object }) => [file, object?.managedBy ?? FILE_OWNER]))
  for (const { file } of documents) owners.set(file, proposal?.managedBy ?? FILE_OWNER)
  return {
    // Objects that the documents hold are read there, so that problems name places in what was sent.
    sources: [...files, ...documents, ...stays.filter(({ file }) => !inDocuments.has(file))],
    owned: change?.owned ?? [],
    kept,
    writes: change?.writes ?? [],
    owners,
  }
}

interface Change {
  readonly named: readonly WrittenObject[]
  readonly writes: readonly ApiWrite[]
  readonly owned: readonly Problem[]
}

function changeOf(objects: readonly ApiObject[], proposal: ProposedDocuments): Change {
  const { managedBy, prune, force } = proposal
  const known = new Map(objects.map((object) => [sourceNameOf(object), object]))
  const named = proposal.documents.flatMap(({ name, text }) => objectsIn({ file: name, text }))
  const owned = new Problems()
  const writes = new Map<string, ApiWrite>()
  for (const { kind, name, value, place } of named) {
    const before = known.get(sourceNameOf({ kind, name }))
    if (before?.written !== undefined && before.managedBy !== managedBy && !force) {
      const message = `${kind}/${name} belongs to '${before.managedBy}'`
      owned.add(place, message, 'force takes it over')
      continue
    }
    const text = textOfObject(kind, name, value)
    const hash = hashOf(text)
    const isSame =
      before?.written?.hash === hash && before.ownerHash === hash && before.managedBy === managedBy
    if (!isSame)
      writes.set(sourceNameOf({ kind, name }), {
        kind,
        name,
        managedBy,
        written: { hash, text, value },
      })
  }
  const names = new Set(named.map(sourceNameOf))
  for (const { kind, name, managedBy: owner } of prune ? objects : []) {
    const file = sourceNameOf({ kind, name })
    if (owner === managedBy && !names.has(file))
      writes.set(file, { kind, name, managedBy, written: undefined })
  }
  return { named, writes: [...writes.values()], owned: owned.sorted() }
}

interface WrittenObject {
  readonly kind: string
  readonly name: string
  readonly value: unknown
  readonly place: Place
}

/** Every object of a text, as data. What is wrong with it says whoever compiles it. */
export function objectsIn(source: SourceText): readonly WrittenObject[] {
  const tree = parseSource(source, new Problems())
  return tree.documents.flatMap((document) =>
    (Object.values(KINDS) as Kind[]).flatMap(({ path }) => {
      const kind = path.join('.')
      return path
        .reduce(
          (entries, key) =>
            entries.filter((entry) => entry.key === key).flatMap((entry) => below(tree, entry)),
          tree.entries(document) ?? [],
        )
        .map((entry) => ({
          kind,
          name: entry.key,
          value: tree.plain(entry.node) ?? {},
          place: entry.keyPlace,
        }))
    }),
  )
}

function below(tree: SourceTree, { node }: Entry): readonly Entry[] {
  return tree.entries(node) ?? []
}
