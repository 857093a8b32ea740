import { expect } from 'vitest'
import { compile, type CompileOptions } from '../src/configuration/compile.ts'
import { renderProblem } from '../src/configuration/problem.ts'
import type { CheckId } from '../src/domain/check-id.ts'
import type { Fleet, Service } from '../src/domain/fleet.ts'

/** The fleet of one text that must have no problems. */
export function compiledFleet(text: string, options: CompileOptions = {}): Fleet {
  const { fleet, problems } = compile([{ file: 'parallax.yaml', text }], options)
  expect(problems.map(renderProblem)).toEqual([])
  return fleet
}

/** The problems of one text, as people see them, without the name of the file. */
export function problemsOf(text: string, options: CompileOptions = {}): string[] {
  const { problems } = compile([{ file: 'parallax.yaml', text }], options)
  return problems.map((problem) => renderProblem(problem).replaceAll('parallax.yaml:', ''))
}

/** @param id `host/service` */
export function serviceIn(fleet: Fleet, id: string): Service {
  const service = fleet.services.get(id.replace('/', '!') as CheckId)
  if (service === undefined)
    throw new Error(`no service ${id}: ${[...fleet.services.keys()].join(', ')}`)
  return service
}
