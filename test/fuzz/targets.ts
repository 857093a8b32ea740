import { compile } from '../../src/configuration/compile.ts'
import { shippedPackages } from '../../src/configuration/packages.ts'
import { PROBLEMS_MAX, type Problem } from '../../src/configuration/problem.ts'
import { revisionOf } from '../../src/configuration/revision.ts'
import type { Language } from './seeds.ts'

const packages = shippedPackages()

const FILE: Readonly<Record<Language, string>> = { yaml: 'x.yaml', nagios: 'x.cfg' }

/**
 * Reads a text as the program does: parsed, resolved, compiled to a fleet, named by its revision.
 * @throws Error when that throws, or names a problem that nobody can find
 */
export function readMutant(language: Language, text: string): void {
  const { fleet, problems, warnings } = compile([{ file: FILE[language], text }], { packages })
  if (problems.length > PROBLEMS_MAX + 1)
    throw new Error(`${problems.length} problems were listed, ${PROBLEMS_MAX} are the most`)
  checkProblems(problems)
  checkProblems(warnings)
  if (problems.length === 0) revisionOf(fleet)
}

function checkProblems(problems: readonly Problem[]): void {
  for (const { file, line, column, message } of problems) {
    const isPlace = Number.isInteger(line) && line >= 1 && Number.isInteger(column) && column >= 1
    if (!isPlace || message === '' || message.length > 2000)
      throw new Error(
        `no such place or message: ${file}:${line}:${column}: ${message.slice(0, 200)}`,
      )
  }
}
