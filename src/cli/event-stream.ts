import { EventReader, type ServerEvent } from '../wire/api/event-reader.ts'

/** The events of an answer until it ends; half an event at the end is lost with the connection. */
export async function* readEvents(response: Response): AsyncGenerator<ServerEvent> {
  if (response.body === null) return
  const decoder = new TextDecoder()
  const reader = new EventReader()
  for await (const chunk of response.body) {
    yield* reader.read(decoder.decode(chunk as Uint8Array, { stream: true }))
  }
}
