/** What a plugin printed, taken apart as Nagios does it. */
export interface PluginOutput {
  /** First line, without performance data. */
  readonly output: string
  /** The other lines, joined by newlines. */
  readonly longOutput: string
  /** All performance data, joined by one space. */
  readonly perfdata: string
}

/**
 * Takes the standard output of a plugin apart: the first line up to `|` is the output, what follows `|` is performance data; further lines
 * are long output until one holds a `|`, after which all is performance data (Monitoring Plugins guidelines, and what Nagios 4.4 makes of
 * the cases that they leave open). Linear in the length of `stdout`.
 */
export function splitPluginOutput(stdout: string): PluginOutput {
  const end = stdout.endsWith('\n') ? stdout.length - 1 : stdout.length
  const firstEnd = lineEnd(stdout, 0, end)
  const first = cutAtPipe(stdout.slice(0, firstEnd))
  if (firstEnd === end)
    return { output: first.text.trim(), longOutput: '', perfdata: first.perfdata.trim() }
  const rest = splitFurtherLines(stdout, firstEnd + 1, end)
  return {
    output: first.text.trim(),
    longOutput: rest.text,
    perfdata: (first.perfdata + rest.perfdata).trim(),
  }
}

interface Cut {
  readonly text: string
  readonly perfdata: string
}

function splitFurtherLines(stdout: string, from: number, end: number): Cut {
  const lines: string[] = []
  for (let start = from; start <= end;) {
    const stop = lineEnd(stdout, start, end)
    const cut = cutAtPipe(stdout.slice(start, stop))
    lines.push(cut.text)
    if (cut.hasPipe) {
      const following = stdout.slice(stop + 1, end)
      const more = stop < end ? ` ${following.replaceAll('\n', ' ')}` : ''
      return { text: lines.join('\n'), perfdata: ` ${cut.perfdata}${more}` }
    }
    start = stop + 1
  }
  return { text: lines.join('\n'), perfdata: '' }
}

function cutAtPipe(line: string): Cut & { readonly hasPipe: boolean } {
  const pipe = line.indexOf('|')
  if (pipe < 0) return { text: line, perfdata: '', hasPipe: false }
  return { text: line.slice(0, pipe), perfdata: line.slice(pipe + 1), hasPipe: true }
}

function lineEnd(text: string, from: number, end: number): number {
  const at = text.indexOf('\n', from)
  return at < 0 || at > end ? end : at
}
