/** '1 host', '2 hosts': a count and its noun, in the plural that the count wants. */
export function counted(count: number, noun: string, plural: string = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`
}
