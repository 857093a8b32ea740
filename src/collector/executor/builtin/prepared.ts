import type { z } from 'zod'
import type { BuiltinOptions } from '../../../domain/check.ts'

/**
 * What a check makes of its options, made once per options object: no address or expression is parsed in a run.
 * The result lives exactly as long as the options do.
 */
export function prepared<Options, T>(
  schema: z.ZodType<Options>,
  make: (options: Options) => T,
): (options: BuiltinOptions) => T {
  const made = new WeakMap<BuiltinOptions, T>()
  return (options) => {
    const known = made.get(options)
    if (known !== undefined) return known
    const fresh = make(schema.parse(options))
    made.set(options, fresh)
    return fresh
  }
}
