import { z } from 'zod'
import { BUILTIN_NAMES } from '../../domain/check.ts'
import { LINE_LENGTH_MAX, name, oneOrMore, text } from './field-schemas.ts'

/** What a check runs: by name, or written where it is used. */

const environment = z
  .record(
    z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is no name of an environment variable'),
    text(),
  )
  .describe('Environment variables of the command. Macros are expanded.')
const unknownMacros = z
  .enum(['refused', 'literal'])
  .describe(
    'What becomes of macros that nobody knows: `refused` is a problem (default); with `literal` they stay as they are written and $USERn$ is empty, as in Nagios.',
  )
  .optional()
const line = text(LINE_LENGTH_MAX)
  .min(1)
  .describe(
    'A line for the shell, as Nagios writes it, with $ARG1$ and other macros. Names, addresses and results are quoted where they stand; $ARGn$, $USERn$ and custom variables are command text.',
  )
const commandArguments = z
  .array(z.union([text(LINE_LENGTH_MAX), z.number()]))
  .min(1)
  .max(1000)
  .describe('Program and arguments, one text each. No shell reads them: every macro is data.')

const optionValue = z.union([text(65_536), z.number(), z.boolean()])
export const builtinCall = z
  .object({
    builtin: z
      .enum(BUILTIN_NAMES)
      .describe('A check that runs inside the collector; its options stand beside it.'),
  })
  .catchall(oneOrMore(optionValue))
  .describe(
    'A check that runs inside the collector, with its options. Macros in them are expanded.',
  )
const shellCall = z
  .strictObject({ line, environment: environment.optional(), unknownMacros })
  .describe('A shell line.')
const argumentsCall = z
  .strictObject({ arguments: commandArguments, environment: environment.optional() })
  .describe('A program with its arguments, without a shell.')
const namedCall = z
  .strictObject({
    command: name.describe('Name of a command.'),
    arguments: z
      .array(z.union([text(), z.number()]))
      .max(32)
      .describe('$ARG1$, $ARG2$ and so on.')
      .optional(),
  })
  .describe('A command by name, with its arguments as a list.')
const calledByText = text(LINE_LENGTH_MAX)
  .min(1)
  .describe(
    '`name!first argument!second argument` as Nagios writes it (`\\!` is an exclamation mark), or `passive`: results come from outside.',
  )

/** An event handler or a notification: there is no built-in one. */
export const handlerCommand = z
  .union([
    text(LINE_LENGTH_MAX)
      .min(1)
      .describe('`name!first argument!second argument` as Nagios writes it.'),
    namedCall,
    shellCall,
    argumentsCall,
  ])
  .describe('What is run.')

export const commandSchema = z
  .union([shellCall, argumentsCall, builtinCall])
  .describe('What a check runs: a shell line, a program with arguments, or a built-in check.')
export const checkCommand = z
  .union([calledByText, namedCall, builtinCall, shellCall, argumentsCall])
  .describe('What the check runs.')
