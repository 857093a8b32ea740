/** As NATS has it: `*` stands for one token, `>` at the end for one and more. */
export function fits(pattern: string, name: string): boolean {
  if (pattern === name) return true
  const wanted = pattern.split('.')
  const given = name.split('.')
  for (const [n, token] of wanted.entries()) {
    if (token === '>') return given.length > n
    if (given[n] === undefined || (token !== '*' && token !== given[n])) return false
  }
  return wanted.length === given.length
}
