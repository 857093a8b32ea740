import type { Welcome } from '../cluster.ts'
import { count, fields, name } from './fields.ts'
import { readPlan } from './plan.ts'

/** @throws Unreadable */
export function readWelcome(value: unknown): Welcome {
  const welcome = fields(value, 'a welcome')
  count(welcome['version'], 1, 'version')
  name(welcome['hub'], 'hub')
  const { plan } = welcome
  if (plan === undefined || plan === null) return { ...(value as Welcome), plan: undefined }
  readPlan(plan)
  return value as Welcome
}
