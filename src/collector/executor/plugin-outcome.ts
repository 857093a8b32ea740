import type { CheckOutcome } from '../../domain/check-result.ts'
import { splitPluginOutput } from '../../domain/plugin-output.ts'
import type { ReturnCode } from '../../domain/state-names.ts'
import type { ScratchText } from './scratch.ts'

/** How one run in a shell ended. */
export interface PluginExit {
  /** As the shell gives it: 128 + n also when signal n ended the plugin. */
  readonly status: number
  readonly stdout: ScratchText
  /** Empty unless stdout is empty or the status may mean a signal. */
  readonly stderr: string
  /** What the shell itself said about the command. */
  readonly complaint: string
  /** What was executed directly; `undefined` when a shell read the line. */
  readonly program: string | undefined
}

export interface CheckedObject {
  readonly hostName: string
  readonly serviceName: string | undefined
}

/** What Nagios 4.4 makes of a plugin's end: rules PX1 to PX9 of docs/spec/plugin-execution.md. */
export function outcomeOf(exit: PluginExit, object: CheckedObject): CheckOutcome {
  const stdout = upToNul(boundedOutput(exit.stdout))
  const said = upToNul(exit.stderr).trimEnd()
  const isSignalled = exit.status > 128 && endedBySignal(exit.status - 128, said, exit.complaint)
  const stderr = isSignalled ? withoutSignal(said, exit.status - 128) : said
  const failure = stdout === '' ? startFailure(exit, stderr, object) : undefined
  if (failure !== undefined) return failure
  const { output, longOutput, perfdata } = splitPluginOutput(
    stdout === '' ? `(No output on stdout) stderr: ${stderr}` : stdout,
  )
  const code = isSignalled ? 3 : codeOf(exit.status)
  if (code === undefined) return exited(2, outOfBounds(exit.status, object), longOutput, perfdata)
  const isSilent = output === '' && /^\r?\n/.test(stdout)
  return exited(code, isSilent ? '(No output returned from plugin)' : output, longOutput, perfdata)
}

export function timeoutText(afterMs: number, object: CheckedObject): string {
  const kind = object.serviceName === undefined ? 'Host' : 'Service'
  return `(${kind} check timed out after ${(afterMs / 1000).toFixed(2)} seconds)`
}

function exited(
  code: ReturnCode,
  output: string,
  longOutput: string,
  perfdata: string,
): CheckOutcome {
  return { kind: 'exited', code, output, longOutput, perfdata }
}

/** What is not 0 to 3 is out of bounds. */
function codeOf(status: number): ReturnCode | undefined {
  return status >= 0 && status <= 3 ? (status as ReturnCode) : undefined
}

/** What a shell says of a command that a signal ended, by the signal's number; of SIGINT and SIGPIPE it says nothing. */
const SIGNAL_WORDS: ReadonlyMap<number, string | undefined> = new Map([
  [1, 'Hangup'],
  [2, undefined],
  [3, 'Quit'],
  [4, 'Illegal instruction'],
  [5, 'Trace/(?:breakpoint trap|BPT trap)'],
  [6, 'Abort(?:ed)?'],
  [7, 'Bus error'],
  [8, '(?:Floating point|Arithmetic) exception'],
  [9, 'Killed'],
  [10, 'User defined signal 1'],
  [11, 'Segmentation fault'],
  [12, 'User defined signal 2'],
  [13, undefined],
  [14, 'Alarm clock'],
  [15, 'Terminated'],
  [24, 'CPU time limit exceeded'],
  [25, 'File size limit exceeded'],
  [31, 'Bad system call'],
])

/**
 * A plugin may also end with such a status by itself: then the shell says nothing. dash speaks while the errors of the command are still
 * those of the plugin, so its word is the last line of them; other shells complain, and bash not of SIGTERM.
 */
function endedBySignal(signal: number, stderr: string, complaint: string): boolean {
  if (!SIGNAL_WORDS.has(signal)) return false
  const word = SIGNAL_WORDS.get(signal)
  if (word === undefined) return true
  return signalLine(word).test(stderr) || new RegExp(`\\b${word}\\b`).test(complaint)
}

function signalLine(word: string): RegExp {
  return new RegExp(`(?:^|\\n)${word}(?: \\(core dumped\\))?$`)
}

function withoutSignal(stderr: string, signal: number): string {
  const word = SIGNAL_WORDS.get(signal)
  return word === undefined ? stderr : stderr.replace(signalLine(word), '').trimEnd()
}

function outOfBounds(status: number, object: CheckedObject): string {
  if (status === 126) return '(Return code of 126 is out of bounds. Check if plugin is executable)'
  if (status === 127) return '(Return code of 127 is out of bounds. Check if plugin exists)'
  const service = object.serviceName === undefined ? '' : `service '${object.serviceName}' on `
  return `(Return code of ${status} for ${service}host '${object.hostName}' was out of bounds)`
}

/** The program could not be executed at all: told from a plugin that ends with 126 or 127 by what the shell says of it. */
function startFailure(
  exit: PluginExit,
  stderr: string,
  object: CheckedObject,
): CheckOutcome | undefined {
  const { program, status } = exit
  if (program === undefined || !stderr.includes(program)) return undefined
  if (status === 127 && /not found|No such file/.test(stderr)) {
    const output = execFailure(program, '2: No such file or directory')
    return { kind: 'not-started', reason: 'no-such-command', output }
  }
  if (status === 126 && stderr.endsWith('Argument list too long')) {
    const output = execFailure(program, '7: Argument list too long')
    return { kind: 'not-started', reason: 'not-executable', output }
  }
  if (status === 126 && /Permission denied|denied|cannot execute/i.test(stderr)) {
    // Nagios ends its child with the number of the error, 13, and then finds that out of bounds.
    return { kind: 'not-started', reason: 'not-executable', output: outOfBounds(13, object) }
  }
  return undefined
}

function execFailure(program: string, error: string): string {
  return `(No output on stdout) stderr: execvp(${program}, ...) failed. errno is ${error}`
}

/** A text that was cut at the bound ends at a blank or its last `|`, so that no item of performance data is cut in two. */
function boundedOutput({ text, isCut }: ScratchText): string {
  const pipe = text.lastIndexOf('|')
  if (!isCut || pipe < 0) return text
  return text.slice(0, Math.max(pipe, text.lastIndexOf(' '), text.lastIndexOf('\n')))
}

function upToNul(text: string): string {
  const nul = text.indexOf('\0')
  return nul < 0 ? text : text.slice(0, nul)
}
