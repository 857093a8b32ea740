import { assert } from '../../base/assert.ts'
import type { Pool } from './connection.ts'
import { withClient } from './connection.ts'

/** Texts that repeat in millions of rows, as small numbers; all of them are kept in memory. */
export interface NumberedNames {
  /** Reads all names; call once before the rest. */
  load(): Promise<void>
  /** Makes sure that each of these has a number. No round trip when all are known. */
  learn(names: Iterable<string>): Promise<void>
  /** Only of names learnt before. */
  numberOf(name: string): number
}

export function createNumberedNames(
  pool: Pool,
  table: 'check_name' | 'collector_name',
): NumberedNames {
  const [number, name] =
    table === 'check_name' ? ['check_no', 'check_id'] : ['collector_no', 'collector']
  const numbers = new Map<string, number>()

  const read = async (sql: string, values: readonly unknown[]): Promise<void> => {
    const { rows } = await withClient(pool, (client) =>
      client.query<[number, string]>({ text: sql, values: [...values], rowMode: 'array' }),
    )
    for (const [no, text] of rows) numbers.set(text, no)
  }

  return {
    load: () => read(`SELECT ${number}, ${name} FROM ${table}`, []),
    async learn(names) {
      const fresh = new Set<string>()
      for (const text of names) if (!numbers.has(text)) fresh.add(text)
      if (fresh.size === 0) return
      const list = [...fresh]
      await read(
        `INSERT INTO ${table} (${name}) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING RETURNING ${number}, ${name}`,
        [list],
      )
      const taken = list.filter((text) => !numbers.has(text)) // another hub on the same database was first
      if (taken.length > 0) {
        await read(`SELECT ${number}, ${name} FROM ${table} WHERE ${name} = ANY($1)`, [taken])
      }
    },
    numberOf(text) {
      const no = numbers.get(text)
      assert(no !== undefined, `'${text}' has no number in ${table}`)
      return no
    },
  }
}
