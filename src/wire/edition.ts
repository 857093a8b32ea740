import type { Plan } from './subjects.ts'

/** Which of several plans of a cluster it is. */
export interface Edition {
  readonly revision: string
  /** Counts activations in the whole installation; 0 is a program that does not count. */
  readonly epoch: number
  /** Who activated it; empty when nobody said. */
  readonly hub: string
}

export const NO_EDITION: Edition = { revision: '', epoch: 0, hub: '' }

export function editionOf({ revision, epoch = 0, hub = '' }: Plan): Edition {
  return { revision, epoch, hub }
}

/**
 * Positive when `a` is the newer one. Two hubs that do not hear each other may give one epoch to two revisions: then the hub with the greater
 * name wins everywhere.
 */
export function compareEditions(a: Edition, b: Edition): number {
  return a.epoch - b.epoch || compareTexts(a.hub, b.hub) || compareTexts(a.revision, b.revision)
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
