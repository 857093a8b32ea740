import { expect, test } from 'vitest'
import { readEvents } from './event-stream.ts'

async function eventsOf(...chunks: readonly string[]) {
  const body = new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk))
      controller.close()
    },
  })
  return Array.fromAsync(readEvents(new Response(body)))
}

test('events are read across chunk borders; comments and half events are passed over', async () => {
  const events = await eventsOf(
    ': beat\n\nid: 1-7\nevent: cha',
    'nges\ndata: {"a":\ndata: 1}\n',
    '\nid: 1-8\ndata: lost',
  )
  expect(events).toEqual([{ id: '1-7', name: 'changes', data: '{"a":\n1}' }])
})
