import { expect, test } from 'vitest'
import { BoundedTexts } from './bounded-texts.ts'

const kept = (texts: BoundedTexts<number>, names: readonly string[]): string[] =>
  names.filter((name) => texts.get(name) !== undefined)

test('the oldest go when there are too many, or when together they are too long', () => {
  const texts = new BoundedTexts<number>({ countMax: 3, charactersMax: 10 })
  const names = ['a', 'b', 'c', 'd', 'eeeeeeeee', 'f'.repeat(50)]
  for (const [index, name] of names.slice(0, 4).entries()) texts.set(name, index)
  expect(kept(texts, names)).toEqual(['a', 'b', 'c', 'd'])
  texts.trim()
  expect(kept(texts, names)).toEqual(['b', 'c', 'd'])
  texts.set('eeeeeeeee', 4)
  texts.set('eeeeeeeee', 5)
  texts.trim()
  expect(kept(texts, names)).toEqual(['d', 'eeeeeeeee'])
  texts.set('f'.repeat(50), 6)
  texts.trim()
  expect(kept(texts, names)).toEqual(['f'.repeat(50)])
  texts.clear()
  texts.set('a', 7)
  texts.trim()
  expect(kept(texts, names)).toEqual(['a'])
})
