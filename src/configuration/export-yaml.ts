import { isMap, parseDocument, stringify, type Document } from 'yaml'
import { isNagiosSource, readingOf } from './from-nagios/sources.ts'
import { templatedDefinitions } from './from-nagios/templated.ts'
import { MASK } from './expansion.ts'
import type { SecretRead } from './resources.ts'
import type { SourceText } from './yaml/source-tree.ts'
import { writeYaml } from './yaml/write-yaml.ts'

/**
 * Several sources as one text: documents that follow each other, each under the name of its file. Object files of Nagios become one document with
 * their templates and groups. Values of secrets are masked.
 * @param readSecret for resource files of Nagios, which say what is a macro
 */
export function exportedYaml(
  sources: readonly SourceText[],
  readSecret: (path: string, namedIn: string) => SecretRead,
): string {
  const nagios = sources.filter(isNagiosSource)
  const yaml = sources.filter((source) => !isNagiosSource(source))
  const [main] = nagios
  const converted =
    main === undefined ? [] : [{ file: `${main.file}, as YAML`, text: asYaml(nagios, readSecret) }]
  return [...converted, ...yaml].map(({ file, text }) => `# ${file}\n${masked(text)}`).join('---\n')
}

function asYaml(
  sources: readonly SourceText[],
  readSecret: (path: string, namedIn: string) => SecretRead,
): string {
  return writeYaml(templatedDefinitions(readingOf(sources, { readSecret })), { maskSecrets: true })
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
