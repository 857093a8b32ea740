import { CommandFailed, EXIT } from '../exit.ts'

export const SEEDS_MAX = 10_000
const SEED_MAX = 0xffff_ffff

/** `7`, `101-130`, `1,5,9-12`: each once, in this order. @throws CommandFailed `usage` */
export function seedsOf(text: string): readonly number[] {
  const seeds = new Set<number>()
  for (const part of text.split(',')) {
    const match = /^\s*(\d{1,10})(?:-(\d{1,10}))?\s*$/.exec(part)
    const from = Number(match?.[1] ?? Number.NaN)
    const to = Number(match?.[2] ?? from)
    if (match === null || from > to || to > SEED_MAX)
      throw new CommandFailed(
        EXIT.usage,
        `--seeds: '${part}' cannot be used`,
        'write numbers and ranges, such as 7 or 101-130 or 1,5,9-12',
      )
    if (to - from >= SEEDS_MAX || seeds.size + to - from >= SEEDS_MAX)
      throw new CommandFailed(EXIT.usage, `--seeds: these are more than ${SEEDS_MAX}`)
    for (let seed = from; seed <= to; seed++) seeds.add(seed)
  }
  return [...seeds]
}
