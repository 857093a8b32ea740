import type { ParallaxOptions } from '../../../domain/builtin-options.ts'
import { parseCollectorId } from '../../../domain/cluster.ts'
import { COMPONENTS, type ComponentName } from '../../../domain/self-monitoring/components.ts'
import type { ReturnCode } from '../../../domain/state-names.ts'
import { answer, shown, STATE_WORDS, worst } from './answer.ts'
import type { BuiltinAnswer } from './builtin.ts'
import { judge, limitsOf, type Datum, type Earlier, type Judged } from './component-judge.ts'
import type { Part, SelfView } from './self-view.ts'

/** Judges one component, again and again. */
export interface ComponentCheck {
  /** Withheld when what it is about is gone. Rules SW1 to SW6 of docs/spec/self-monitoring.md. */
  run(nowMs: number): BuiltinAnswer
}

/** Collectors of a cluster that have their own performance data; of more only the worst are told. */
const PARTS_DRAWN_MAX = 32

interface JudgedPart {
  readonly name: string
  /** `undefined`: it has no such numbers. */
  readonly judged: Judged | undefined
}

export function createComponentCheck(
  name: ComponentName,
  options: Pick<ParallaxOptions, 'of' | 'warning' | 'critical'>,
  view: Pick<SelfView, 'parts'>,
): ComponentCheck {
  const component = COMPONENTS[name]
  const limits = limitsOf(component, options)
  let before: ReadonlyMap<string, Earlier> = new Map()
  const judgedOf = (part: Part, atMs: number): readonly JudgedPart[] => {
    const judged = judge(component, limits, { numbers: part.numbers, atMs }, before.get(part.name))
    return judged === undefined && part.isGone ? [] : [{ name: part.name, judged }]
  }
  return {
    run(nowMs) {
      const all = view.parts(component.about, options.of)
      if (all === undefined) return strange(name, options.of)
      const parts = all.flatMap((part) => judgedOf(part, nowMs))
      before = new Map(
        all.flatMap(({ name: part, numbers, isGone }) => {
          const earlier = isGone ? before.get(part) : { numbers, atMs: nowMs }
          return earlier === undefined ? [] : [[part, earlier] as const]
        }),
      )
      return parts.length === 0 ? gone(name, options.of) : told(name, options.of, parts)
    },
  }
}

function strange(name: ComponentName, of: string): BuiltinAnswer {
  const why = of === '' ? `this program has no ${name}` : `nobody here knows '${shown(of)}'`
  return answer(3, `PARALLAX UNKNOWN - ${name}: ${why}`)
}

/** Whoever is gone is a problem of its own; its parts are not further ones. */
function gone(name: ComponentName, of: string): BuiltinAnswer {
  const who = of === '' ? 'this program' : shown(of)
  const text = `PARALLAX UNKNOWN - ${name}: ${who} is not heard now, nothing new is known`
  return { ...answer(3, text), isWithheld: true }
}

function told(name: ComponentName, of: string, parts: readonly JudgedPart[]): BuiltinAnswer {
  const [only] = parts
  const isOne = parts.length === 1 && only !== undefined && (only.name === of || only.name === '')
  const sorted = isOne ? parts : parts.toSorted((a, b) => RANK[codeOf(b)] - RANK[codeOf(a)])
  const code = parts.reduce<ReturnCode>((sofar, part) => worst(sofar, codeOf(part)), 0)
  const texts = sorted.map((part) => textOf(name, part))
  const drawn = parts.slice(0, PARTS_DRAWN_MAX)
  return {
    code,
    output: `PARALLAX ${STATE_WORDS[code]} - ${name}: ${isOne || code !== 0 ? (texts[0] ?? '') : quiet(parts)}`,
    longOutput: isOne ? '' : texts.join('\n'),
    perfdata: drawn.flatMap((part) => dataOf(part, isOne)).join(' '),
  }
}

/** As `worst` ranks codes. */
const RANK = [0, 1, 3, 2] as const

function codeOf({ judged }: JudgedPart): ReturnCode {
  return judged?.code ?? 3
}

function quiet(parts: readonly JudgedPart[]): string {
  const names = parts.map((part) => part.name)
  const few = names.slice(0, 5).join(', ')
  return names.length > 5 ? `${few} and ${names.length - 5} more are well` : `${few}: well`
}

/** What is a problem comes first. */
function textOf(component: ComponentName, { name, judged }: JudgedPart): string {
  if (judged === undefined)
    return `${name} says nothing of its ${component}: it may be an older program`.trimStart()
  const findings = judged.findings
    .filter(({ text }) => text !== '')
    .toSorted((a, b) => RANK[b.code] - RANK[a.code])
  const words = findings.map(({ text }) => text).join(', ')
  if (name === '') return words
  return findings[0]?.isSentence ? `${name} ${words}` : `${name}: ${words}`
}

function dataOf({ name, judged }: JudgedPart, isOne: boolean): readonly string[] {
  const start = isOne ? '' : `${parseCollectorId(name)?.name ?? name}_`
  return (judged?.findings ?? []).flatMap(({ datum }) =>
    datum === undefined ? [] : [datumText(datum, start)],
  )
}

function datumText({ label, value, unit, limits }: Datum, start: string): string {
  const number = Number.isInteger(value) ? String(value) : value.toFixed(6)
  const { warningText, criticalText } = limits
  return `${start}${label}=${number}${unit};${warningText};${criticalText};;`
}
