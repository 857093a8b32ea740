/**
 * Text of unknown encoding: what is valid UTF-8 is read as that, every other byte as Latin-1, so that `gr\xf6\xdfe` becomes 'größe'
 * and nothing is lost to replacement characters.
 */
export function decodeMixed(bytes: Uint8Array): string {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let text = ''
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes, at)
    if (length === 0) {
      text += String.fromCharCode(bytes[at] as number)
      at++
      continue
    }
    let end = at
    for (let next = length; next > 0 && end < bytes.length; next = sequenceLength(bytes, end))
      end += next
    text += decoder.decode(bytes.subarray(at, end))
    at = end
  }
  return text
}

/** Bytes of the valid UTF-8 sequence that begins here; 0 when none does (RFC 3629, section 4). */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at]
  if (first === undefined) return 0
  if (first < 0x80) return 1
  const second = bytes[at + 1] ?? 0
  const isTail = (index: number): boolean => ((bytes[index] ?? 0) & 0xc0) === 0x80
  if (first >= 0xc2 && first <= 0xdf) return isTail(at + 1) ? 2 : 0
  if (first >= 0xe0 && first <= 0xef) {
    const low = first === 0xe0 ? 0xa0 : 0x80
    const high = first === 0xed ? 0x9f : 0xbf
    return second >= low && second <= high && isTail(at + 2) ? 3 : 0
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const low = first === 0xf0 ? 0x90 : 0x80
    const high = first === 0xf4 ? 0x8f : 0xbf
    return second >= low && second <= high && isTail(at + 2) && isTail(at + 3) ? 4 : 0
  }
  return 0
}
