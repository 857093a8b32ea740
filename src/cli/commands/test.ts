import type { Command } from 'commander'
import type { CheckId } from '../../domain/check-id.ts'
import { withExamples } from '../command.ts'
import type { TestFlags } from '../run/test.ts'
import { objectIdOf } from '../object-name.ts'

export function addTest(program: Command): void {
  const command = program
    .command('test')
    .argument('<object>', 'host, or host/service')
    .description('run one check of a configuration here and now, and keep nothing')
    .option('--config <path>', 'parallax.yaml, a folder of YAML files, or nagios.cfg')
    .option(
      '-o, --output <format>',
      'text, json or nagios (one line and exit status 0 to 3)',
      'text',
    )
  withExamples(command, [
    ['parallax test web-01/http', 'with ./parallax.yaml'],
    ['parallax test web-01 --config /etc/parallax', 'the check of a host itself'],
    ['parallax test web-01/http -o nagios', 'as a plugin'],
  ])
  command.action(async (name: string, flags: TestFlags) => {
    const { test } = await import('../run/test.ts')
    await test(objectIdOf(name) as CheckId, flags)
  })
}
