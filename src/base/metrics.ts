/**
 * A number about ourselves, read when somebody asks. Each part hands a list of these up to its role; the web server renders them
 * for Prometheus and the status page. Names follow the Prometheus conventions: `parallax_<noun>_<unit>[_total]`.
 */
export interface Metric {
  readonly name: string
  readonly help: string
  readonly kind: 'counter' | 'gauge'
  /** Of one with labels, the sum. */
  readonly read: () => number
  /** One number for each thing it is about. Absent: there is only `read`. */
  readonly each?: LabelledNumbers
}

export interface LabelledNumbers {
  /** Names of the labels. */
  readonly labels: readonly string[]
  readonly read: () => readonly LabelledNumber[]
}

export interface LabelledNumber {
  /** Values of the labels, in their order. */
  readonly of: readonly string[]
  readonly value: number
}

/** Only ever grows while the process lives. */
export function counter(name: string, help: string, read: () => number): Metric {
  return { name, help, kind: 'counter', read }
}

/** Goes up and down. */
export function gauge(name: string, help: string, read: () => number): Metric {
  return { name, help, kind: 'gauge', read }
}

/** The same for several things of a kind. */
export function perLabel(
  { name, help, kind }: Pick<Metric, 'name' | 'help' | 'kind'>,
  labels: readonly string[],
  read: () => readonly LabelledNumber[],
): Metric {
  const sum = (): number => read().reduce((total, { value }) => total + value, 0)
  return { name, help, kind, read: sum, each: { labels, read } }
}

/** Numbers as they are now by name: `parallax_checks`, and `parallax_outbox_oldest_seconds{hub-a}` where there are labels. */
export type Numbers = Readonly<Record<string, number>>

/** What is not finite is left out: nothing is known of it now. */
export function numbersOf(metrics: Iterable<Metric>): Numbers {
  const numbers: Record<string, number> = {}
  const note = (name: string, value: number): void => {
    if (Number.isFinite(value)) numbers[name] = value
  }
  for (const { name, read, each } of metrics) {
    if (each === undefined) note(name, read())
    else for (const { of, value } of each.read()) note(`${name}{${of.join(',')}}`, value)
  }
  return numbers
}

/** All numbers of one name, with what they are about: empty for one without labels. */
export function numbersNamed(numbers: Numbers, name: string): readonly LabelledNumber[] {
  const plain = numbers[name]
  if (plain !== undefined) return [{ of: [], value: plain }]
  const start = `${name}{`
  return Object.entries(numbers).flatMap(([key, value]) =>
    key.startsWith(start) ? [{ of: key.slice(start.length, -1).split(','), value }] : [],
  )
}
