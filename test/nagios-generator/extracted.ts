import type { Block, Directive } from './pools.ts'

/** Directives that stay with the object that they name. */
const OWN = new Set(['use', 'name', 'register', 'host_name', 'service_description'])

/**
 * Moves some directives of some blocks, of whatever type, into templates of their own, so that every type inherits. `choices` are
 * taken in turn. What is written before stands in the template or after it: both orders are read.
 */
export function withTemplates(
  blocks: readonly Block[],
  choices: readonly number[],
): readonly Block[] {
  let turn = 0
  const next = (): number => choices[turn++ % choices.length] as number
  const made: Block[] = []
  const left = blocks.map((block): Block => {
    const { type, directives } = block
    if (next() % 5 !== 0 || directives.some(([name]) => name === 'register')) return block
    const isMoved = directives.map(
      ([name]) => !OWN.has(name) && name !== `${type}_name` && next() % 2 === 0,
    )
    const name = `x-${made.length}`
    // A service or a relation without a place is refused even when it is only meant for others. A host group without a name of its own
    // is one of `*` in Nagios: a departure.
    const mayStand = !/^service$|^hostgroup$|dependency$|escalation$|extinfo$/.test(type)
    made.push({
      type,
      directives: [
        ['name', name],
        ...directives.filter((_, index) => isMoved[index]),
        ...(mayStand && next() % 3 === 0 ? [] : ([['register', '0']] as const)),
      ],
    })
    return {
      type,
      directives: using(
        name,
        directives.filter((_, index) => !isMoved[index]),
      ),
    }
  })
  return next() % 2 === 0 ? [...made, ...left] : [...left, ...made]
}

function using(template: string, directives: readonly Directive[]): readonly Directive[] {
  const at = directives.findIndex(([name]) => name === 'use')
  if (at === -1) return [...directives, ['use', template]]
  return directives.with(at, ['use', `${template},${directives[at]?.[1] ?? ''}`])
}
