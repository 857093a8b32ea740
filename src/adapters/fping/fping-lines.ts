/** One line of `fping -C`. */
export type FpingLine =
  | {
      readonly kind: 'reply'
      readonly address: string
      readonly index: number
      readonly ms: number
    }
  | { readonly kind: 'silence'; readonly address: string; readonly index: number }
  /** A summary, an ICMP error, a complaint: only of interest when nothing else came. */
  | { readonly kind: 'other'; readonly text: string }

const ANSWER = /^(\S+)\s*: \[(\d+)\], (?:\d+ bytes, (\d+(?:\.\d+)?(?:e[-+]?\d+)?) ms|(timed out))/

/** Written by fping 4.0 to 5.x; duplicates of a reply say `duplicate for` and are passed over. */
export function parseFpingLine(line: string): FpingLine {
  const match = ANSWER.exec(line)
  if (match === null) return { kind: 'other', text: line }
  const [, address = '', index = '', ms] = match
  return ms === undefined
    ? { kind: 'silence', address, index: Number(index) }
    : { kind: 'reply', address, index: Number(index), ms: Number(ms) }
}
