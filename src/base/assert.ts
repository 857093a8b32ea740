/** Our own bug, never the world's fault: the role crashes and its supervisor restarts it. */
export class AssertionFailed extends Error {
  override readonly name = 'AssertionFailed'
}

export function assert(claim: unknown, message: string): asserts claim {
  if (!claim) throw new AssertionFailed(message)
}

/** For the default branch of an exhaustive switch. */
export function never(value: never): never {
  throw new AssertionFailed(`unexpected value: ${JSON.stringify(value)}`)
}
