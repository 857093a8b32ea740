/**
 * Whether `text` fits `pattern`: `*` is any text, `?` any one character, all else itself, without regard to case. Time is at most
 * length times length, whatever the pattern (a regular expression of many stars could take for ever).
 */
export function globOf(pattern: string): (text: string) => boolean {
  const wanted = pattern.toLowerCase()
  if (!/[*?]/.test(wanted)) return (text) => text.toLowerCase() === wanted
  return (text) => fits(wanted, text.toLowerCase())
}

function fits(pattern: string, text: string): boolean {
  let p = 0
  let t = 0
  let star = -1
  let resume = 0
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p++
      resume = t
    } else if (pattern[p] === '?' || pattern[p] === text[t]) {
      p++
      t++
    } else if (star >= 0) {
      p = star + 1
      t = ++resume
    } else {
      return false
    }
  }
  while (pattern[p] === '*') p++
  return p === pattern.length
}
