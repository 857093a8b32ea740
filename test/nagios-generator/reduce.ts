import type { NagiosFiles } from './nagios-verdict.ts'

/** Tries after which the smallest so far has to do. */
const TRIES_MAX = 600

/**
 * Makes files smaller while `isStillWrong` holds: first whole objects are left out, then lines. What comes back still is wrong.
 */
export async function reduceFiles(
  files: NagiosFiles,
  isStillWrong: (files: NagiosFiles) => Promise<boolean>,
): Promise<NagiosFiles> {
  const tries = { left: TRIES_MAX }
  const asOne = (pieces: readonly string[]): NagiosFiles => ({
    settings: files.settings,
    files: [['0.cfg', pieces.join('\n')]],
  })
  const isWrong = async (pieces: readonly string[]): Promise<boolean> => {
    tries.left--
    return isStillWrong(asOne(pieces))
  }
  const whole = files.files.map(([, text]) => text).join('\n')
  if (!(await isWrong([whole]))) return files

  const without = async (pieces: readonly string[]): Promise<readonly string[]> => {
    let left = pieces
    for (let size = Math.ceil(left.length / 2); size >= 1; size = Math.floor(size / 2)) {
      for (let at = 0; at < left.length && tries.left > 0;) {
        const fewer = left.toSpliced(at, size)
        if (await isWrong(fewer)) left = fewer
        else at += size
      }
    }
    return left
  }
  const objects = await without(whole.split(/^(?=\s*define\b)/m))
  const lines = await without(objects.join('\n').split('\n'))
  return asOne(lines)
}
