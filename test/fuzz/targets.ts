import { compile } from '../../src/configuration/compile.ts'
import { isMainFile, parseMainFile } from '../../src/configuration/nagios/main-file.ts'
import { readNagiosTexts } from '../../src/configuration/nagios/read.ts'
import { shippedPackages } from '../../src/configuration/packages.ts'
import { PROBLEMS_MAX, type Problem } from '../../src/configuration/problem.ts'
import { revisionOf } from '../../src/configuration/revision.ts'
import type { Language } from './seeds.ts'

const packages = shippedPackages()

/** Reads a text as the program does. Throws only for a fault of ours. */
const TARGETS: Readonly<Record<Language, (text: string) => void>> = {
  yaml(text) {
    const { fleet, problems } = compile([{ file: 'x.yaml', text }], { packages })
    checkProblems(problems)
    if (problems.length > PROBLEMS_MAX + 1)
      throw new Error(`${problems.length} problems were listed, ${PROBLEMS_MAX} are the most`)
    if (problems.length === 0) revisionOf(fleet)
  },
  nagios(text) {
    const { problems, warnings } = isMainFile(text)
      ? parseMainFile('nagios.cfg', text)
      : readNagiosTexts([{ file: 'x.cfg', text }])
    checkProblems(problems)
    checkProblems(warnings)
  },
}

/** @throws Error when reading the text throws, or names a problem that nobody can find */
export function readMutant(language: Language, text: string): void {
  TARGETS[language](text)
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
