import { createContext, Script } from 'node:vm'

/** Says of each text whether the expression is found in it; `undefined` when that took too long. */
export type PatternTest = (texts: readonly string[]) => readonly boolean[] | undefined

const BUDGET_MS = 100
/** Steps that take a few milliseconds at most. */
const FREE_STEPS = 1e7

/**
 * An expression meets text that somebody else wrote, in the process that runs all other checks: it must not be able to hold it up.
 * What is cheap for certain runs as it is; the rest gets 100 ms in a context that is stopped from outside (half a millisecond).
 */
export function createPatternTest(source: string, flags: string): PatternTest {
  const pattern = new RegExp(source, flags)
  const repeats = source.replaceAll('(?', '(').match(/[*+{?]/g)?.length ?? 0
  const repeatsGroup = /\)[*+{?]/.test(source)
  const isCheap = (texts: readonly string[]): boolean => {
    if (repeats === 0 || repeatsGroup) return repeats === 0
    return texts.reduce((steps, text) => steps + text.length ** (1 + repeats), 0) <= FREE_STEPS
  }
  return (texts) =>
    isCheap(texts) ? texts.map((text) => pattern.test(text)) : testGuarded(pattern, texts)
}

interface Guarded {
  pattern: RegExp | undefined
  texts: readonly string[]
}

/** One for all: a context of its own costs a megabyte. */
let guarded: { readonly context: Guarded; readonly script: Script } | undefined

function testGuarded(pattern: RegExp, texts: readonly string[]): readonly boolean[] | undefined {
  guarded ??= {
    context: createContext({ pattern: undefined, texts: [] }) as Guarded,
    script: new Script('texts.map((text) => pattern.test(text))'),
  }
  const { context, script } = guarded
  context.pattern = pattern
  context.texts = texts
  try {
    return script.runInContext(context, { timeout: BUDGET_MS }) as boolean[]
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return undefined
    throw error
  } finally {
    context.pattern = undefined
    context.texts = []
  }
}
