/** Plugin output in its parts. */
export function parsePluginOutput(text: string) {
  const [first = '', ...rest] = text.split('\n')
  const [output = '', perfdata = ''] = first.split('|')
  return { output: output.trim(), longOutput: rest.join('\n'), perfdata: perfdata.trim() }
}
