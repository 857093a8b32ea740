/**
 * A number about ourselves, read when somebody asks. Each part hands a list of these up to its role; the web server renders them
 * for Prometheus and the status page. Names follow the Prometheus conventions: `parallax_<noun>_<unit>[_total]`.
 */
export interface Metric {
  readonly name: string
  readonly help: string
  readonly kind: 'counter' | 'gauge'
  read(): number
}

/** Only ever grows while the process lives. */
export function counter(name: string, help: string, read: () => number): Metric {
  return { name, help, kind: 'counter', read }
}

/** Goes up and down. */
export function gauge(name: string, help: string, read: () => number): Metric {
  return { name, help, kind: 'gauge', read }
}
