import type { Sender, SenderParts } from './sender.ts'
import { createHubSender } from './hub-sender.ts'

/** One way to each hub: a hub that is away or slow delays no other. Rule OB18 of docs/spec/outbox.md. */
export function createSender(hubs: readonly string[], parts: Omit<SenderParts, 'hub'>): Sender {
  const senders = hubs.map((hub) => createHubSender({ ...parts, hub }))
  const [only] = senders
  if (only !== undefined && senders.length === 1) return only
  const each = (work: (sender: Sender) => void): void => {
    for (const sender of senders) work(sender)
  }
  return {
    offer: (results, cursor) => each((sender) => sender.offer(results, cursor)),
    progressed: (hub, boot) => each((sender) => sender.progressed(hub, boot)),
    replay: () => each((sender) => sender.replay()),
    tick: () => each((sender) => sender.tick()),
    hurry: () => each((sender) => sender.hurry()),
    close: () => each((sender) => sender.close()),
    async drain(ms) {
      await Promise.all(senders.map((sender) => sender.drain(ms)))
    },
    get dueMs() {
      return Math.min(...senders.map((sender) => sender.dueMs))
    },
    get sent() {
      return senders.reduce((sum, { sent }) => sum + sent, 0)
    },
    get ways() {
      return senders.flatMap(({ ways }) => ways)
    },
  }
}
