import { expect, test } from 'vitest'
import { Undoing } from './undoing.ts'

test('what was started is stopped last first, once, and a failure keeps no other from being stopped', async () => {
  const stopped: string[] = []
  const undoing = new Undoing()
  undoing.add(() => void stopped.push('first'))
  undoing.add(() => {
    throw new Error('second')
  })
  undoing.add(async () => void stopped.push('third'))
  await expect(undoing.run()).rejects.toThrow('second')
  await expect(undoing.run()).rejects.toThrow('second')
  expect(stopped).toEqual(['third', 'first'])
})
