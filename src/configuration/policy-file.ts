import { z } from 'zod'
import type { DecisionPolicy } from '../domain/decision-policy.ts'
import { fitsGlob } from './condition.ts'
import { plannedDecision, type PlannedDecision } from './observers.ts'
import { Problems, type Problem } from './problem.ts'
import { name } from './yaml/field-schemas.ts'
import { reportIssues } from './yaml/issues.ts'
import { deciding } from './yaml/observer-schemas.ts'
import { parseSource, type SourceText } from './yaml/source-tree.ts'

const policySchema = z.strictObject({
  ...deciding,
  hosts: z.record(name, z.strictObject(deciding)).optional(),
})

/** Another way to decide, to be tried on the past. */
export interface PolicyFile {
  /** @param standing what decides now: it stays where the file says nothing */
  readonly of: (host: string, standing: DecisionPolicy) => DecisionPolicy
}

/** Reads `verdict`, `theta`, and `hosts:` with patterns of names; the first pattern that fits a host counts. */
export function readPolicyFile(
  source: SourceText,
): { readonly policy: PolicyFile } | { readonly problems: readonly Problem[] } {
  const problems = new Problems()
  const tree = parseSource(source, problems)
  const [node] = tree.documents
  if (tree.isNothing(node) || tree.documents.length !== 1)
    problems.add(
      tree.place(node),
      'there is no policy in it',
      'write `verdict: majority`, `theta: 14` or `hosts:`',
    )
  const value = tree.plain(node)
  const parsed = policySchema.safeParse(value)
  if (problems.count === 0 && !parsed.success) {
    const origin = tree.origin({ key: '', keyPlace: tree.place(node), node })
    reportIssues(parsed.error.issues, value, { schema: policySchema, origin, problems })
  }
  if (problems.count > 0 || !parsed.success) return { problems: problems.sorted() }
  const all = plannedDecision(parsed.data)
  const byHost = Object.entries(parsed.data.hosts ?? {}).map(
    ([glob, said]) => [glob, plannedDecision(said)] as const,
  )
  const of: PolicyFile['of'] = (host, standing) => {
    const [, own] = byHost.find(([glob]) => fitsGlob(glob, host)) ?? []
    return decisionUnder(own, all, standing)
  }
  return { policy: { of } }
}

function decisionUnder(
  own: PlannedDecision | undefined,
  all: PlannedDecision,
  standing: DecisionPolicy,
): DecisionPolicy {
  return {
    rule: own?.rule ?? all.rule ?? standing.rule,
    theta: own?.theta ?? all.theta ?? standing.theta,
  }
}
