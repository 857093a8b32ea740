function mix(value: number): number {
  let h = value
  h ^= h >>> 16
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return h ^ (h >>> 16)
}

/**
 * Chance of a simulated world: the same four numbers always give the same uint32, so whoever asks a world a second time gets the same answer.
 * Mixed after each number.
 */
export function chance(a: number, b: number, c: number, d: number): number {
  let h = mix((a | 0) ^ 0x9e3779b9)
  h = mix(h ^ Math.imul(b | 0, 0x9e3779b1) ^ 0x7f4a7c15)
  h = mix((h + Math.imul(c | 0, 0x85ebca77)) | 0)
  h = mix(h ^ Math.imul((d | 0) + 1, 0xc2b2ae3d))
  return h >>> 0
}

/** The same as a share, 0 up to but not including 1. */
export function share(a: number, b: number, c: number, d: number): number {
  return chance(a, b, c, d) / 4_294_967_296
}
