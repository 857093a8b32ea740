/** One item of performance data. Shapes and edge cases: the Monitoring Plugins guidelines. */
export interface Perfdatum {
  /** Without its quotes. */
  readonly label: string
  /** `null` when the plugin wrote `U` (it could not measure). */
  readonly value: number | null
  /** As written: '', 's', 'ms', '%', 'B', 'MB', 'c' ... */
  readonly unit: string
  /** The text of the threshold range; `null` when absent. */
  readonly warn: string | null
  readonly crit: string | null
  readonly min: number | null
  readonly max: number | null
}
