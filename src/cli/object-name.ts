import { parseCheckId } from '../domain/check-id.ts'
import { CommandFailed, EXIT } from './exit.ts'

/** `host/service` or `host!service` as the API names it. @throws CommandFailed */
export function objectIdOf(name: string): string {
  const id = parseCheckId(name)
  if (id === undefined)
    throw new CommandFailed(
      EXIT.usage,
      `'${name}' names neither a host nor a service`,
      'write web-01 or web-01/http',
    )
  return id
}

/** The way back: what people read and can give to the next command. Host names hold no slash. */
export function displayName(id: string): string {
  return id.replace('!', '/')
}
