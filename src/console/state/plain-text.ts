const ESC = String.fromCodePoint(0x1b)
const BEL = String.fromCodePoint(0x07)

/** Terminal sequences: CSI (colours, cursor), OSC (titles, links) ended by BEL or ST, and two-character escapes. */
const SEQUENCES = new RegExp(
  `${ESC}(?:\\[[0-?]*[ -/]*[@-~]|\\][^${BEL}${ESC}]*(?:${BEL}|${ESC}\\\\)?|[@-Z\\\\^_])`,
  'g',
)

/** Plugin output as plain text: terminal sequences and control characters gone. React escapes the rest. */
export function plainText(text: string): string {
  return text
    .replace(SEQUENCES, '')
    .replace(/\r\n?/g, '\n')
    .replace(/\p{Cc}/gu, (control) => (control === '\n' || control === '\t' ? control : ''))
}

/** Only web addresses become links; anything else (`javascript:`, paths) stays text. */
export function webAddress(text: string): string | undefined {
  return /^https?:\/\//i.test(text.trim()) ? text.trim() : undefined
}
