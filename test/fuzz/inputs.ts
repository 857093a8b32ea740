import { hash32 } from '../../src/base/hash.ts'
import { prng } from '../../src/base/prng.ts'
import { chanceOf, mutate, wordsOf } from './mutate.ts'
import { readSeeds, type Language, type Seed } from './seeds.ts'

export interface Input {
  readonly language: Language
  /** The seed that it was made from. */
  readonly from: string
  readonly text: string
}

/** The same input for the same seed number and index, in every process: only the index need be told. */
export type InputAt = (index: number) => Input

/**
 * A third of the inputs is YAML, which takes longer, the others are Nagios object files. A third of each comes from the seed that has
 * every kind of object; of the other seeds the small ones come more often, so that a run is many inputs, not long ones.
 */
export function createInputs(seedNumber: number): InputAt {
  const seeds = readSeeds()
  const ofLanguage = (language: Language): readonly Seed[] =>
    seeds
      .filter((seed) => seed.language === language)
      .toSorted((a, b) => a.text.length - b.text.length)
  const pools = { yaml: ofLanguage('yaml'), nagios: ofLanguage('nagios') }
  const rich = {
    yaml: pools.yaml.find(({ name }) => name.endsWith('every-kind.yaml')),
    nagios: pools.nagios.find(({ name }) => name === 'tricky'),
  }
  const words = { yaml: wordsOf(pools.yaml), nagios: wordsOf(pools.nagios) }
  return (index) => {
    const chance = chanceOf(prng(hash32(`${seedNumber}/${index}`)))
    const language: Language = index % 3 === 0 ? 'yaml' : 'nagios'
    const pool = pools[language]
    const at = Math.min(chance.below(pool.length), chance.below(pool.length))
    const seed = (chance.below(3) === 0 ? rich[language] : pool[at]) as Seed
    const mutated = { language, words: words[language], other: chance.from(pool).text }
    return { language, from: seed.name, text: mutate(seed, mutated, chance) }
  }
}
