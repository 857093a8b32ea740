import { describe, expect, test } from 'vitest'
import { fixtureFiles } from '../../test/fixture-files.ts'
import { splitPluginOutput } from './plugin-output.ts'

interface OutputCase {
  readonly id: string
  readonly stdout: string
  readonly output: string
  readonly long_output: string
  readonly perfdata: string
}

describe.each(fixtureFiles<{ output?: readonly OutputCase[] }>('output'))(
  '$path',
  ({ content }) => {
    test.each(content.output ?? [])(
      '[PX20] $id: output, long output and performance data',
      (expected) => {
        expect(splitPluginOutput(expected.stdout)).toEqual({
          output: expected.output,
          longOutput: expected.long_output,
          perfdata: expected.perfdata,
        })
      },
    )
  },
)
