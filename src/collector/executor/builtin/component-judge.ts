import { numbersNamed, type LabelledNumber, type Numbers } from '../../../base/metrics.ts'
import type { ParallaxOptions } from '../../../domain/builtin-options.ts'
import type { Component, Measure } from '../../../domain/self-monitoring/component.ts'
import type { ReturnCode } from '../../../domain/state-names.ts'
import { parseRange, stateOf, type Range } from '../../../domain/threshold.ts'
import { worst } from './answer.ts'
import { measureText } from './measure-text.ts'

export interface Limits {
  readonly warning: Range | undefined
  readonly critical: Range | undefined
  readonly warningText: string
  readonly criticalText: string
}

/** Of each measure by its label: what the options say, or the component's own. */
export function limitsOf(
  { measures }: Component,
  options: Pick<ParallaxOptions, 'warning' | 'critical'>,
): ReadonlyMap<string, Limits> {
  const chosen = (list: readonly string[], label: string, own: string | undefined): string => {
    const given = list.find((text) => text.startsWith(`${label}=`))
    return given === undefined ? (own ?? '') : given.slice(label.length + 1).trim()
  }
  return new Map(
    measures.map(({ label, warning, critical }) => {
      const warningText = chosen(options.warning, label, warning)
      const criticalText = chosen(options.critical, label, critical)
      return [
        label,
        {
          warning: parseRange(warningText),
          critical: parseRange(criticalText),
          warningText,
          criticalText,
        },
      ]
    }),
  )
}

/** Numbers of the run before, and when. */
export interface Earlier {
  readonly numbers: Numbers
  readonly atMs: number
}

export interface Judged {
  readonly code: ReturnCode
  readonly findings: readonly Finding[]
}

export interface Finding {
  readonly code: ReturnCode
  /** `12 results wait (hub-a)`. */
  readonly text: string
  /** It says something of whoever it is about: `is lost`. */
  readonly isSentence: boolean
  /** `undefined`: the number is not known yet, such as a rate in the first run. */
  readonly datum: Datum | undefined
}

export interface Datum {
  /** With what it is about: `offset_hub-a`. */
  readonly label: string
  readonly value: number
  readonly unit: string
  readonly limits: Limits
}

/**
 * One part of Parallax by its numbers. A measure whose number is missing is left out.
 * @returns `undefined` when none of the component's numbers is there
 */
export function judge(
  component: Component,
  limits: ReadonlyMap<string, Limits>,
  now: Earlier,
  before: Earlier | undefined,
): Judged | undefined {
  const findings = component.measures.flatMap((measure) =>
    numbersNamed(now.numbers, measure.from).flatMap((number) => {
      const own = limits.get(measure.label)
      return own === undefined ? [] : [findingOf(measure, own, number, { now, before })]
    }),
  )
  if (findings.length === 0) return undefined
  const code = findings.reduce<ReturnCode>((sofar, finding) => worst(sofar, finding.code), 0)
  return { code, findings }
}

interface Runs {
  readonly now: Earlier
  readonly before: Earlier | undefined
}

function findingOf(measure: Measure, limits: Limits, number: LabelledNumber, runs: Runs): Finding {
  const { label, as, unit = '' } = measure
  const value = valueOf(measure, number, runs)
  if (value === undefined) return { code: 0, text: '', isSentence: false, datum: undefined }
  const about = number.of.join(' ')
  const text = measureText(measure, value)
  // A counter is drawn as what it stands at; its limits are for what it grew by.
  const isCounter = as === 'growth'
  return {
    code: stateOf(value, limits.warning, limits.critical),
    text: about === '' ? text : `${about} ${text}`,
    isSentence: measure.says !== undefined,
    datum: {
      label: about === '' ? label : `${label}_${about}`,
      value: isCounter ? number.value : value,
      unit: isCounter ? 'c' : unit,
      limits: isCounter ? NO_LIMITS : limits,
    },
  }
}

const NO_LIMITS: Limits = {
  warning: undefined,
  critical: undefined,
  warningText: '',
  criticalText: '',
}

function valueOf(
  { from, to, as }: Measure,
  { of, value }: LabelledNumber,
  { now, before }: Runs,
): number | undefined {
  const key = of.length === 0 ? from : `${from}{${of.join(',')}}`
  switch (as) {
    case undefined:
      return value
    case 'growth':
      return grown(value, before?.numbers[key])
    case 'rate': {
      if (before === undefined || now.atMs <= before.atMs) return undefined
      return (grown(value, before.numbers[key]) * 1000) / (now.atMs - before.atMs)
    }
    case 'share': {
      const whole = now.numbers[to ?? '']
      if (whole === undefined) return undefined
      if (!from.endsWith('_total')) return shareOf(value, whole)
      return shareOf(grown(value, before?.numbers[key]), grown(whole, before?.numbers[to ?? '']))
    }
  }
}

/** Since the run before; 0 in the first. A counter that is smaller than before has begun again. */
function grown(value: number, before: number | undefined): number {
  if (before === undefined) return 0
  return value < before ? value : value - before
}

function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0 : (100 * part) / whole
}
