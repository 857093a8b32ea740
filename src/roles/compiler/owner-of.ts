import { FILE_OWNER } from '../../configuration/desired.ts'

/** @param source `file:line`, or empty */
export function ownerOf(owners: ReadonlyMap<string, string>, source: string): string | null {
  return source === '' ? null : (owners.get(source.replace(/:\d+$/, '')) ?? FILE_OWNER)
}
