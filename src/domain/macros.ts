import type { CheckCommand } from './check.ts'
import { afterText, LINE_START, quotedAt } from './shell-quoting.ts'

/** A piece of a text that holds macros as Nagios spells them. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  /** `$NAME$`, or `$NAME:of$` which asks another object. */
  | { readonly kind: 'macro'; readonly name: string; readonly of: string | undefined }

const MACRO = /\$\$|\$([A-Za-z_][A-Za-z0-9_]*)(?::([^$]*))?\$/g

/**
 * Cuts a text at its macros. `$$` is a dollar; a dollar that begins neither is one too, so that `$?`, `$(date)` and `$HOME/x` of a
 * shell line need no care.
 */
export function piecesOf(template: string): readonly Piece[] {
  if (!template.includes('$')) return [{ kind: 'text', text: template }]
  const pieces: Piece[] = []
  let text = ''
  let end = 0
  for (const match of template.matchAll(MACRO)) {
    text += template.slice(end, match.index)
    end = match.index + match[0].length
    if (match[1] === undefined) {
      text += '$'
      continue
    }
    if (text !== '') pieces.push({ kind: 'text', text })
    text = ''
    pieces.push({ kind: 'macro', name: match[1], of: match[2] })
  }
  text += template.slice(end)
  if (text !== '') pieces.push({ kind: 'text', text })
  return pieces
}

const OF_OBJECT = [
  'STATE',
  'STATEID',
  'STATETYPE',
  'CHECKTYPE',
  'ATTEMPT',
  'OUTPUT',
  'PERFDATA',
  'LATENCY',
  'EXECUTIONTIME',
  'DURATION',
  'DURATIONSEC',
  'DOWNTIME',
  'PERCENTCHANGE',
  'EVENTID',
  'PROBLEMID',
  'ACKAUTHOR',
  'ACKAUTHORNAME',
  'ACKAUTHORALIAS',
  'ACKCOMMENT',
  'NOTIFICATIONNUMBER',
  'NOTIFICATIONENABLED',
  'NOTIFICATIONID',
  'INFOURL',
]
const LAST_OF_OBJECT = ['STATE', 'STATEID', 'CHECK', 'STATECHANGE', 'EVENTID', 'PROBLEMID']

/**
 * The standard macros of Nagios whose value only a run, or a change of state, knows. Whoever runs the command fills those that it has;
 * others are empty.
 */
export const RUNTIME_MACROS: ReadonlySet<string> = new Set([
  ...['HOST', 'SERVICE'].flatMap((object) => [
    ...OF_OBJECT.map((name) => `${object}${name}`),
    ...LAST_OF_OBJECT.map((name) => `LAST${object}${name}`),
    `LONG${object}OUTPUT`,
  ]),
  ...['UP', 'DOWN', 'UNREACHABLE'].map((state) => `LASTHOST${state}`),
  ...['OK', 'WARNING', 'UNKNOWN', 'CRITICAL'].flatMap((state) => [
    `LASTSERVICE${state}`,
    `TOTALHOSTSERVICES${state}`,
    `TOTALSERVICES${state}`,
  ]),
  ...['UP', 'DOWN', 'UNREACHABLE', 'DOWNUNHANDLED', 'UNREACHABLEUNHANDLED'].map(
    (state) => `TOTALHOSTS${state}`,
  ),
  ...['WARNING', 'UNKNOWN', 'CRITICAL'].map((state) => `TOTALSERVICES${state}UNHANDLED`),
  ...['HOST', 'SERVICE'].flatMap((object) => [
    `TOTAL${object}PROBLEMS`,
    `TOTAL${object}PROBLEMSUNHANDLED`,
  ]),
  'TOTALHOSTSERVICES',
  'HOSTANDSERVICESIMPORTANCE',
  ...[
    'TYPE',
    'RECIPIENTS',
    'ISESCALATED',
    'AUTHOR',
    'AUTHORNAME',
    'AUTHORALIAS',
    'COMMENT',
    'NUMBER',
  ].map((name) => `NOTIFICATION${name}`),
  'LONGDATETIME',
  'SHORTDATETIME',
  'DATE',
  'TIME',
  'TIMET',
  'PROCESSSTARTTIME',
  'EVENTSTARTTIME',
  'ISVALIDTIME',
  'NEXTVALIDTIME',
])

/** Escapes a text so that `piecesOf` gives it back whole. */
export function escapeDollars(text: string): string {
  return text.replaceAll('$', '$$$$')
}

/**
 * The command as it is run: `values` (by macro name without dollars, `NAME:of` for that of another object) fill what only this run knows; a name without a value is empty.
 * Values are always data: in a shell line they are quoted for the place where they stand.
 */
export function fillRuntimeMacros(
  command: CheckCommand,
  values: Readonly<Record<string, string>>,
): CheckCommand {
  if (command.kind === 'shell-line' && command.hasRuntimeMacros) {
    return { ...command, line: filledLine(command.line, values), hasRuntimeMacros: false }
  }
  if (command.kind === 'arguments' && command.hasRuntimeMacros) {
    return {
      ...command,
      program: filledText(command.program, values),
      arguments: command.arguments.map((argument) => filledText(argument, values)),
      hasRuntimeMacros: false,
    }
  }
  return command
}

type Values = Readonly<Record<string, string>>

function filledLine(line: string, values: Values): string {
  let position = LINE_START
  let filled = ''
  for (const piece of piecesOf(line)) {
    if (piece.kind === 'macro') filled += quotedAt(position, valueOf(values, piece))
    else {
      position = afterText(position, piece.text)
      filled += piece.text
    }
  }
  return filled
}

function filledText(text: string, values: Values): string {
  return piecesOf(text)
    .map((piece) => (piece.kind === 'text' ? piece.text : valueOf(values, piece)))
    .join('')
}

/** Values come from outside: a byte 0 would end an argument. Of another object the name is `NAME:of`. */
function valueOf(values: Values, { name, of }: Extract<Piece, { kind: 'macro' }>): string {
  const key = of === undefined ? name : `${name}:${of}`
  return Object.hasOwn(values, key) ? (values[key] as string).replaceAll('\0', '') : ''
}
