import type { ActivationHead, Intent } from '../../wire/replication.ts'

/** Which of several forms of one thing counts: every hub answers alike, in whatever order it heard of them. */

export type ActivationForm = Pick<ActivationHead, 'epoch' | 'hub' | 'edits'>

/** Positive when `a` is the newer form. Rule RP2. */
export function compareForms(a: ActivationForm, b: ActivationForm): number {
  return a.epoch - b.epoch || compareNames(a.hub, b.hub) || a.edits - b.edits
}

export type IntentForm = Pick<Intent, 'version' | 'hub'>

/** Positive when `a` is the newer form. Rule RP6. */
export function compareIntents(a: IntentForm, b: IntentForm): number {
  return a.version - b.version || compareNames(a.hub, b.hub)
}

function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
