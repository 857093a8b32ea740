import { readFileSync } from 'node:fs'
import { LineCounter, parseDocument } from 'yaml'
import { CommandFailed, EXIT } from '../exit.ts'

const ALIASES_MAX = 100

/**
 * The value that `--value` or `-f` gives: YAML, of which JSON is a part.
 * @throws CommandFailed with line and column
 */
export function readObjectValue(
  kind: string,
  { file, value }: { readonly file?: string; readonly value?: string },
): unknown {
  if ((file === undefined) === (value === undefined))
    throw new CommandFailed(
      EXIT.usage,
      file === undefined ? 'what should it be?' : '-f and --value do not go together',
      "write -f FILE, or --value '{ address: 192.0.2.1 }'",
    )
  const name = file === undefined ? '--value' : file === '-' ? 'stdin' : file
  const found = parseValue(value ?? textOf(file ?? '-'), name)
  if ((kind === 'secrets' || kind === 'resources') && /^\*{3,}$/.test(String(found)))
    throw new CommandFailed(
      EXIT.usage,
      `${name}: '${String(found)}' is how a secret is shown, not what it is`,
      'write the secret itself, or { file: PATH } or { env: NAME }',
    )
  return found
}

function textOf(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8')
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new CommandFailed(EXIT.usage, `-f ${path} cannot be read: ${why}`)
  }
}

function parseValue(text: string, name: string): unknown {
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { lineCounter, prettyErrors: false })
  const [fault] = document.errors
  if (fault !== undefined) {
    const { line, col } = lineCounter.linePos(fault.pos[0])
    throw new CommandFailed(EXIT.usage, `${name}:${line}:${col}: ${fault.message}`)
  }
  try {
    return document.toJS({ maxAliasCount: ALIASES_MAX }) as unknown
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new CommandFailed(EXIT.usage, `${name}: ${why}`)
  }
}
