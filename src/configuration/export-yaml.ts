import { isMap, parseDocument, stringify, type Document } from 'yaml'
import type { SourceText } from './yaml/source-tree.ts'

const MASK = '***'

/** Several sources as one text: documents that follow each other, each under the name of its file. Values of secrets are masked. */
export function exportedYaml(sources: readonly SourceText[]): string {
  return sources.map(({ file, text }) => `# ${file}\n${masked(text)}`).join('---\n')
}

/** Comments, order and forms stay as they are written, except where a secret stands. */
function masked(text: string): string {
  const withEnd = text.endsWith('\n') ? text : `${text}\n`
  if (!/^secrets\b/m.test(text)) return withEnd
  const document: Document = parseDocument(text, { uniqueKeys: false, prettyErrors: false })
  const secrets = document.get('secrets')
  if (!isMap(secrets)) return withEnd
  for (const pair of secrets.items) {
    if (!isMap(pair.value)) pair.value = document.createNode(MASK)
  }
  return stringify(document, { lineWidth: 0 })
}
