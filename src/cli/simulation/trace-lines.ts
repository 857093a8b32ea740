import { createReadStream } from 'node:fs'
import { TraceFault } from '../../simulator/trace-file/trace.ts'

const LINE_MAX_CHARS = 64 * 1024 * 1024

/** The lines of a file, without growing with it. @throws TraceFault for a line that is too long */
export async function* linesOf(path: string): AsyncGenerator<string> {
  let rest = ''
  let line = 1
  for await (const chunk of createReadStream(path, 'utf8') as AsyncIterable<string>) {
    const parts = chunk.split('\n')
    parts[0] = rest + (parts[0] ?? '')
    rest = parts.pop() ?? ''
    yield* parts
    line += parts.length
    if (rest.length > LINE_MAX_CHARS)
      throw new TraceFault(line, 'this line is too long', 'a trace has one result to a line')
  }
  if (rest !== '') yield rest
}
