import { expect, test } from 'vitest'
import { EventReader } from '../../wire/api/event-reader.ts'

const STREAM =
  'retry: 2000\nid: b-1\nevent: hello\ndata: {"a":1}\n\n: still here\n\nevent: objects\r\ndata: one\r\ndata: two\r\n\r\ndata: x\n\n'

const EVENTS = [
  { id: 'b-1', name: 'hello', data: '{"a":1}' },
  { id: undefined, name: 'objects', data: 'one\ntwo' },
  { id: undefined, name: 'message', data: 'x' },
]

test('[UI6] events are read whatever the pieces they come in', () => {
  for (let size = 1; size <= STREAM.length; size++) {
    const reader = new EventReader()
    const seen = []
    for (let at = 0; at < STREAM.length; at += size) {
      seen.push(...reader.read(STREAM.slice(at, at + size)))
    }
    expect(seen).toEqual(EVENTS)
  }
})

test('[UI6] half an event is kept back', () => {
  expect(new EventReader().read('event: objects\ndata: {"rows"')).toEqual([])
})
