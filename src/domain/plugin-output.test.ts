import { fc } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import { splitPluginOutput } from './plugin-output.ts'

/** Recorded from Nagios 4.4.6: [standard output, output, long output, performance data]. */
const RECORDED: readonly (readonly [string, string, string, string])[] = [
  ['|a=1', '', '', 'a=1'],
  ['||a=1', '', '', '|a=1'],
  ['a|b|c=1', 'a', '', 'b|c=1'],
  ['a|\nb|c=1\n|d=2', 'a', 'b', 'c=1 |d=2'],
  ['one\n a | b=1 \n c=2 ', 'one', ' a ', 'b=1   c=2'],
  ['x\n\n|a=1', 'x', '\n', 'a=1'],
  ["x | 'l b'=1;2;3;;\nlong\nmore | z=1\n\nq=2", 'x', 'long\nmore ', "'l b'=1;2;3;;  z=1  q=2"],
  ['   \nfoo', '', 'foo', ''],
  ['\n|a=1', '', '', 'a=1'],
  ['\ta\t', 'a', '', ''],
]

test.each(RECORDED)('[PX20] %j', (stdout, output, longOutput, perfdata) => {
  expect(splitPluginOutput(stdout)).toEqual({ output, longOutput, perfdata })
})

test('[PX20] no text makes it fail, and the output is one line', () => {
  const splits = fc.property(
    fc.string({ unit: fc.constantFrom('a', '|', '\n', ' ', '=', "'") }),
    (stdout) => {
      expect(splitPluginOutput(stdout).output).not.toContain('\n')
    },
  )
  fc.assert(splits)
})
