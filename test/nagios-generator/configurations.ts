import * as fc from 'fast-check'
import { withTemplates } from './extracted.ts'
import { hostBlocks, hostGroupBlocks } from './hosts.ts'
import { layout, textOf, type Layout } from './layout.ts'
import type { NagiosFiles } from './nagios-verdict.ts'
import { commandBlocks, contactBlocks, contactGroupBlocks } from './people.ts'
import { periodBlocks } from './periods.ts'
import { withPatterns } from './patterns.ts'
import { pools, type Block } from './pools.ts'
import { relationBlocks } from './relations.ts'
import { serviceBlocks, serviceExtras, serviceGroupBlocks } from './services.ts'

/** A configuration before it is written down. */
export interface NagiosConfiguration {
  readonly blocks: readonly Block[]
  readonly layout: Layout
  readonly settings: readonly string[]
  /** Into how many files the blocks are cut. */
  readonly fileCount: number
}

/** Most of these are valid; some are refused for what their parts do together (an empty group, a way round). */
export const configurations: fc.Arbitrary<NagiosConfiguration> = pools.chain((all) =>
  fc
    .record({
      parts: fc.tuple(
        periodBlocks(all),
        commandBlocks(all),
        contactBlocks(all),
        contactGroupBlocks(all),
        hostBlocks(all),
        hostGroupBlocks(all),
        serviceBlocks(all),
        serviceGroupBlocks(all),
        serviceExtras(all),
        relationBlocks(all),
      ),
      turned: fc.boolean(),
      layout,
      emptyGroups: fc.constantFrom(true, true, false),
      matching: fc.constantFrom<'' | 'regexp' | 'true_regexp'>(
        '',
        '',
        '',
        '',
        '',
        'regexp',
        '',
        '',
        '',
        '',
        'regexp',
        'true_regexp',
      ),
      choices: fc.array(fc.nat({ max: 999 }), { minLength: 7, maxLength: 41 }),
      fileCount: fc.integer({ min: 1, max: 3 }),
    })
    .map(({ parts, turned, layout: written, emptyGroups, fileCount, matching, choices }) => {
      const plain = withTemplates(parts.flat(), choices)
      const blocks = matching === '' ? plain : withPatterns(plain, choices)
      return {
        blocks: turned ? blocks.toReversed() : blocks,
        layout: written,
        settings: [
          ...(emptyGroups ? ['allow_empty_hostgroup_assignment=1'] : []),
          ...(matching === '' ? [] : ['use_regexp_matching=1']),
          ...(matching === 'true_regexp' ? ['use_true_regexp_matching=1'] : []),
        ],
        fileCount,
      }
    }),
)

export function filesOf(configuration: NagiosConfiguration): NagiosFiles {
  const { blocks, fileCount, settings } = configuration
  const size = Math.ceil(blocks.length / fileCount)
  return {
    settings,
    files: Array.from({ length: fileCount }, (_, index) => [
      `${index}.cfg`,
      textOf(blocks.slice(index * size, (index + 1) * size), configuration.layout),
    ]),
  }
}
