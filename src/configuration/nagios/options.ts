/** Letters that one directive takes, each with its word, in the order in which Nagios writes them. */
export interface OptionSet {
  /** Letter or word to letter. */
  readonly letters: ReadonlyMap<string, string>
  readonly order: string
}

const WORDS: Readonly<Record<'host' | 'service', Readonly<Record<string, string>>>> = {
  host: {
    r: 'recovery',
    o: 'up',
    d: 'down',
    u: 'unreachable',
    f: 'flapping',
    s: 'downtime',
    p: 'pending',
  },
  service: {
    r: 'recovery',
    o: 'ok',
    w: 'warning',
    u: 'unknown',
    c: 'critical',
    f: 'flapping',
    s: 'downtime',
    p: 'pending',
  },
}

function optionSet(kind: 'host' | 'service', order: string): OptionSet {
  const words = WORDS[kind]
  return {
    letters: new Map(
      order
        .split('')
        .flatMap((letter) => [
          [letter, letter] as const,
          [words[letter] ?? letter, letter] as const,
        ]),
    ),
    order,
  }
}

export const HOST_NOTIFICATION_OPTIONS = optionSet('host', 'rdufs')
export const SERVICE_NOTIFICATION_OPTIONS = optionSet('service', 'rwucfs')
export const HOST_STATE_OPTIONS = optionSet('host', 'odu')
export const SERVICE_STATE_OPTIONS = optionSet('service', 'owuc')
export const HOST_ESCALATION_OPTIONS = optionSet('host', 'rdu')
export const SERVICE_ESCALATION_OPTIONS = optionSet('service', 'rwuc')
export const HOST_DEPENDENCY_OPTIONS = optionSet('host', 'odup')
export const SERVICE_DEPENDENCY_OPTIONS = optionSet('service', 'owucp')

export const CONTACT_COMMON =
  'host_notifications_enabled service_notifications_enabled can_submit_commands retain_status_information retain_nonstatus_information'

export const ALL_OPTIONS = 'all'

export interface ReadOptions {
  /** Letters in the set's order, `all`, or empty for none. */
  readonly value: string
  /** `n` is written somewhere in it. */
  readonly saysNothing: boolean
  readonly unknown: string | undefined
}

/** `d,u,r`, words too; `a` is all, `n` forgets what stood before it. */
export function readOptions(text: string, set: OptionSet): ReadOptions {
  let letters = ''
  let isAll = false
  let saysNothing = false
  for (const word of text.split(/[, ]/)) {
    if (word === '') continue
    if (word === 'n' || word === 'none') {
      letters = ''
      isAll = false
      saysNothing = true
    } else if (word === 'a' || word === 'all') {
      isAll = true
    } else {
      const letter = set.letters.get(word)
      if (letter === undefined) return { value: '', saysNothing, unknown: word }
      letters += letter
    }
  }
  if (isAll) return { value: ALL_OPTIONS, saysNothing, unknown: undefined }
  const value = letters.length < 2 ? letters : inOrder(letters, set.order)
  return { value, saysNothing, unknown: undefined }
}

function inOrder(letters: string, order: string): string {
  let sorted = ''
  for (const letter of order) if (letters.includes(letter)) sorted += letter
  return sorted
}
