import { expect, test } from 'vitest'
import { seenSentence, sightsOf, verdictWord } from './marks.ts'

const observers = ['ams', 'fra', 'sin']

test.each([
  ['ooo', 'all 3 observers say ok'],
  ['ffo', '2 of 3 observers see it fail: ams, fra; sin says ok'],
  ['too', '1 of 3 observers sees it fail: ams; fra says ok; sin says ok'],
  [
    'x-o',
    'none of 3 observers sees it fail; ams is set aside; fra has said nothing lately; sin says ok',
  ],
  ['fff', '3 of 3 observers see it fail: ams, fra, sin'],
])('[UI25] %s is read aloud', (marks, sentence) => {
  expect(seenSentence({ observers, marks })).toBe(sentence)
})

test('[UI25] what is not known is shown as nothing', () => {
  expect(sightsOf({ observers, marks: 'o?' }).map(({ sight }) => sight)).toEqual([
    'ok',
    'nothing',
    'nothing',
  ])
  expect([verdictWord('suspect'), verdictWord('down'), verdictWord(null)]).toEqual([
    'SUSPECT',
    undefined,
    undefined,
  ])
})
