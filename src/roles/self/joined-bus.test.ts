import { expect, test } from 'vitest'
import { createMemoryBus } from '../../adapters/memory/bus.ts'
import { BusUnavailable, type Bus } from '../../wire/bus.ts'
import { joinBuses } from './joined-bus.ts'

const subject = (name: string) => ({ name })

function world() {
  const outside = createMemoryBus()
  const inside = createMemoryBus()
  return { outside, inside, joined: joinBuses({ outside, inside, insider: 'hub.hub-a' }) }
}

const heardBy = (bus: Bus): string[] => {
  const heard: string[] = []
  bus.subscribe(subject('>'), (_, name) => void heard.push(name))
  return heard
}

test('[SW7] what is for the collector inside does not go outside, all else does', async () => {
  const { outside, inside, joined } = world()
  const [out, within] = [heardBy(outside), heardBy(inside)]
  await joined.publish(subject('plan.hub.hub-a'), 1)
  await joined.publish(subject('plan.east.c1'), 1)
  expect({ out, within }).toEqual({ out: ['plan.east.c1'], within: ['plan.hub.hub-a'] })
})

test('[SW7] the hub hears both, and answers both', async () => {
  const { outside, inside, joined } = world()
  const heard = heardBy(joined)
  joined.answer(subject('hello.>'), (_, name) => name)
  await inside.publish(subject('results.hub-a.hub.hub-a'), 1)
  await outside.publish(subject('results.hub-a.east.c1'), 1)
  expect(heard).toEqual(['results.hub-a.hub.hub-a', 'results.hub-a.east.c1'])
  expect(await inside.request(subject('hello.x'), 1, 1)).toBe('hello.x')
  expect(await outside.request(subject('hello.y'), 1, 1)).toBe('hello.y')
})

test('[SW7] the collector inside is reached while the bus outside is gone', async () => {
  const { outside, inside, joined } = world()
  const within = heardBy(inside)
  inside.answer(subject('order.hub.hub-a'), () => 'taken')
  await outside.close()
  await joined.publish(subject('recheck.hub.hub-a'), 1)
  expect(within).toEqual(['recheck.hub.hub-a'])
  expect(await joined.request(subject('order.hub.hub-a'), 1, 1)).toBe('taken')
  await expect(joined.publish(subject('recheck.east.c1'), 1)).rejects.toThrow(BusUnavailable)
})
