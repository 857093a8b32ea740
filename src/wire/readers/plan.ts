import type { Plan, PlanProposal } from '../subjects.ts'
import {
  amount,
  count,
  fields,
  flag,
  list,
  name,
  NAME_MAX,
  refuse,
  text,
  TEXT_MAX,
  texts,
  type Fields,
} from './fields.ts'
import { readCheckId } from './result-batch.ts'

/** More than one hub can hold. */
const CHECKS_MAX = 2_000_000
const HOSTS_MAX = 500_000
const PERIODS_MAX = 20_000
/** Of one object: days of a period, arguments and environment of a command. */
const ITEMS_MAX = 20_000

/**
 * Kinds of commands and built-in checks that are not known here are left for `planFault`: the sender hears which check it is.
 * @throws Unreadable
 */
export function readPlan(value: unknown): Plan {
  const plan = fields(value, 'a plan')
  count(plan['version'], 1, 'version')
  name(plan['revision'], 'revision')
  for (const check of list(plan['checks'], CHECKS_MAX, 'checks')) readCheck(fields(check, 'check'))
  for (const period of list(plan['timePeriods'], PERIODS_MAX, 'timePeriods'))
    readPeriod(fields(period, 'time period'))
  if (plan['epoch'] !== undefined) count(plan['epoch'], 0, 'epoch')
  if (plan['hub'] !== undefined) text(plan['hub'], NAME_MAX, 'hub')
  if (plan['cluster'] !== undefined) readCluster(fields(plan['cluster'], 'cluster'))
  return value as Plan
}

/** @throws Unreadable */
export function readPlanProposal(value: unknown): PlanProposal {
  const proposal = fields(value, 'a proposal')
  count(proposal['version'], 1, 'version')
  name(proposal['hub'], 'hub')
  name(proposal['job'], 'job')
  readPlan(proposal['plan'])
  return value as PlanProposal
}

function readCheck(check: Fields): void {
  readCheckId(check['id'])
  name(check['hostName'], 'hostName')
  optional(check['serviceName'], 'serviceName')
  optional(check['period'], 'period')
  for (const key of LENGTHS) amount(check[key], 0, key)
  if (check['isOnDemand'] !== undefined) flag(check['isOnDemand'], 'isOnDemand')
  if (check['refusesPassive'] !== undefined) flag(check['refusesPassive'], 'refusesPassive')
  if (check['freshnessMs'] !== undefined) amount(check['freshnessMs'], 0, 'freshnessMs')
  if (check['shared'] !== undefined) readShared(fields(check['shared'], 'shared'))
  readCommand(fields(check['command'], 'command'))
}

function readShared(shared: Fields): void {
  const observers = count(shared['observers'], 2, 'observers')
  if (count(shared['index'], 0, 'index') >= observers) refuse('an observer is behind the last one')
}

const LENGTHS = ['intervalMs', 'retryIntervalMs', 'maxAttempts', 'timeoutMs'] as const

function readCommand(command: Fields): void {
  switch (name(command['kind'], 'kind of command')) {
    case 'shell-line':
      text(command['line'], TEXT_MAX, 'line')
      return readSurroundings(command)
    case 'arguments':
      text(command['program'], TEXT_MAX, 'program')
      for (const argument of list(command['arguments'], ITEMS_MAX, 'arguments'))
        text(argument, TEXT_MAX, 'argument')
      return readSurroundings(command)
    case 'builtin':
      name(command['builtin'], 'builtin')
      return readOptions(fields(command['options'], 'options'))
  }
}

function readSurroundings(command: Fields): void {
  flag(command['hasRuntimeMacros'], 'hasRuntimeMacros')
  texts(command['environment'], ITEMS_MAX, 'environment')
}

function readOptions(options: Fields): void {
  for (const key in options) {
    const option = options[key]
    if (typeof option === 'string') text(option, TEXT_MAX, 'option')
    else if (Array.isArray(option))
      for (const one of list(option, ITEMS_MAX, 'option')) text(one, TEXT_MAX, 'option')
    else if (typeof option !== 'number' && typeof option !== 'boolean')
      refuse(`the option ${key} is no value`)
  }
}

function readPeriod(period: Fields): void {
  name(period['name'], 'name of a time period')
  text(period['alias'], TEXT_MAX, 'alias')
  for (const range of list(period['ranges'], ITEMS_MAX, 'ranges')) {
    const [days, hours] = list(range, 2, 'range')
    text(days, TEXT_MAX, 'days')
    text(hours, TEXT_MAX, 'hours')
  }
  for (const other of list(period['exclude'], ITEMS_MAX, 'exclude')) name(other, 'exclude')
  optional(period['timezone'], 'timezone')
}

function readCluster(cluster: Fields): void {
  name(cluster['name'], 'name of a cluster')
  amount(cluster['silenceMs'], 1, 'silenceMs')
  amount(cluster['takeoverRate'], 0.001, 'takeoverRate')
  const costs = fields(cluster['costs'], 'costs')
  let found = 0
  for (const host in costs) {
    amount(costs[host], 0, 'cost')
    if (++found > HOSTS_MAX) refuse(`costs are of more than ${HOSTS_MAX} hosts`)
  }
  texts(cluster['pins'], HOSTS_MAX, 'pins')
  for (const one of list(cluster['revoked'], HOSTS_MAX, 'revoked')) name(one, 'revoked')
}

function optional(value: unknown, what: string): void {
  if (value !== undefined) name(value, what)
}
