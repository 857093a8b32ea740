/** A part of Parallax that can be well or not: what of its numbers is looked at, and when these are a problem. */
export interface Component {
  /** One process, or all collectors of a cluster together. */
  readonly about: 'program' | 'cluster'
  /** What it does, in a sentence. */
  readonly notes: string
  readonly measures: readonly Measure[]
}

export interface Measure {
  /** Of the performance datum; limits name it. */
  readonly label: string
  /** Name of the metric. Of one with labels each number is looked at. */
  readonly from: string
  /**
   * `value` when absent. `growth`: what a counter grew by since the run before; `rate`: that in a second; `share`: in per cent of the metric
   * `to`, of counters what both grew by.
   */
  readonly as?: 'growth' | 'rate' | 'share'
  readonly to?: string
  readonly unit?: 's' | 'B' | '%'
  /** After the number: `results wait`. */
  readonly words: string
  /** After the number 1, where it is another: `result waits`. */
  readonly one?: string
  /** Instead of number and words. */
  readonly says?: (value: number) => string
  /** Ranges as plugins take them. */
  readonly warning?: string
  readonly critical?: string
}
