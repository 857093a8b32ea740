/** Counts activations in the whole installation, as far as this hub has heard of them. */
export interface Epochs {
  /** For what is activated next: greater than every one that was heard of. */
  next(): number
  /** Another hub, or a collector, knows this one. @returns whether it was believed */
  hear(epoch: number): boolean
  readonly highest: number
}

/** So much further than ours no other hub is: a number that nothing can exceed would end all activations. */
const AHEAD_MAX = 1_000_000

export function createEpochs(newest: number): Epochs {
  let highest = newest
  return {
    next: () => highest + 1,
    hear(epoch) {
      if (epoch > highest + AHEAD_MAX) return false
      highest = Math.max(highest, epoch)
      return true
    },
    get highest() {
      return highest
    },
  }
}
