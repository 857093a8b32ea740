import { expect, test } from 'vitest'
import { seenByText, verdictSentence, verdictWord } from './verdict-text.ts'

const seen = (marks: string) => ({
  seenBy: { observers: ['east', 'north', 'west'].slice(0, marks.length), marks },
})

test.each([
  ['suspect', 'foo', 'SUSPECT', '1/3', 'SUSPECT: 1 of 3 sees it fail'],
  ['down', 'ftx', '', '2/3', 'DOWN: 2 of 3 see it fail, 1 is not believed (west)'],
  [
    'recovering',
    'fu-',
    'RECOVERING',
    '1/3',
    'RECOVERING: 1 of 3 sees it fail, 1 could not look (north), 1 has said nothing lately (west)',
  ],
  ['up', 'oo', '', '0/2', 'UP: 0 of 2 see it fail'],
] as const)('[RR10] %s, seen as %s', (verdict, marks, word, share, sentence) => {
  const row = { verdict, ...seen(marks) }
  expect([verdictWord(row), seenByText(row), verdictSentence(row)]).toEqual([word, share, sentence])
})

test('[RR10] of one observer nothing is said', () => {
  const row = { verdict: null, seenBy: null }
  expect([verdictWord(row), seenByText(row), verdictSentence(row)]).toEqual(['', '', ''])
})
