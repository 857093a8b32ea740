import { counted } from '../base/words.ts'
import type { ObjectRow } from '../wire/api/objects.ts'

type Shared = Pick<ObjectRow, 'verdict' | 'seenBy'>

/** The verdict as a word beside a state that does not say it: 'SUSPECT', 'RECOVERING'; else empty. */
export function verdictWord({ verdict }: Pick<Shared, 'verdict'>): string {
  return verdict === 'suspect' || verdict === 'recovering' ? verdict.toUpperCase() : ''
}

/** How many of the observers see it fail, of how many: '1/3'; empty with one observer. */
export function seenByText({ seenBy }: Pick<Shared, 'seenBy'>): string {
  return seenBy === null ? '' : `${failingIn(seenBy.marks)}/${seenBy.observers.length}`
}

/** 'SUSPECT: 1 of 3 sees it fail, 1 is not believed (west)'; empty with one observer. */
export function verdictSentence({ verdict, seenBy }: Shared): string {
  if (verdict === null || seenBy === null) return ''
  const failing = failingIn(seenBy.marks)
  const parts = [
    `${failing} of ${seenBy.observers.length} ${failing === 1 ? 'sees' : 'see'} it fail`,
  ]
  const say = (mark: string, one: string, several: string): void => {
    const names = seenBy.observers.filter((_, place) => seenBy.marks[place] === mark)
    const verb = names.length === 1 ? one : several
    if (names.length > 0) parts.push(`${names.length} ${verb} (${names.join(', ')})`)
  }
  say('u', 'could not look', 'could not look')
  say('-', 'has said nothing lately', 'have said nothing lately')
  say('x', 'is not believed', 'are not believed')
  return `${verdict.toUpperCase()}: ${parts.join(', ')}`
}

/** For one line of a plugin: how many objects are only suspected; empty when none is. */
export function suspectedText(rows: readonly Pick<Shared, 'verdict'>[]): string {
  const suspects = rows.filter(({ verdict }) => verdict === 'suspect').length
  return suspects === 0 ? '' : `, ${counted(suspects, 'suspect')}`
}

function failingIn(marks: string): number {
  return marks.replaceAll(/[^ft]/g, '').length
}
