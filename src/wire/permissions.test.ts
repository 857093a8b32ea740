import { expect, test } from 'vitest'
import { clusterPermissions, collectorPermissions, heardOfCluster } from './permissions.ts'

test('[TR5] [TR6] [AK10] what a collector may publish and hear, all of it', () => {
  const { publish, subscribe } = collectorPermissions('east', 'c1')
  expect(publish.toSorted()).toEqual([
    'beat.east.c1',
    'clock.*.east.c1',
    'hello.*.east.c1',
    'hint.*.east.c1',
    'lease.east.*.east.c1',
    'plan-acknowledgement.*.east.c1',
    'results.*.east.c1',
    'standing.east.c1',
    'standings-page.east.*',
    'work.east',
  ])
  expect(subscribe.toSorted()).toEqual([
    '_INBOX.east.c1.>',
    'beat.east.*',
    'lease.east.c1.east.*',
    'order.east.c1',
    'passive.east.c1',
    'plan-decision.east.c1',
    'plan-proposal.east.c1',
    'plan.east.c1',
    'probe.east.c1',
    'recheck.east.c1',
    'standing.east.*',
    'standings-page.east.c1',
    'watermark.*.east.c1',
    'work.east',
  ])
})

test('[TR22] servers of a cluster speak for its collectors only, and hear no plans of others', () => {
  const { publish, subscribe } = clusterPermissions('east')
  const isOfEast = (name: string): boolean => /(^|\.)east(\.|$)/.test(name)
  expect([...publish, ...subscribe].filter((name) => !isOfEast(name))).toEqual(['_HUB.>', '_HUB.>'])
})

test('[TR22] all that a hub hears of a cluster lies within what its servers may publish', () => {
  const { publish } = clusterPermissions('east')
  const lies = (name: string): boolean =>
    publish.some((allowed) => {
      const tokens = allowed.split('.')
      const asked = name.split('.')
      return (
        tokens.length === asked.length &&
        tokens.every((token, n) => token === '*' || token === asked[n])
      )
    })
  const heard = heardOfCluster('hub-a', 'east')
  expect(heard.length).toBeGreaterThan(4)
  expect(heard.filter((name) => !lies(name))).toEqual([])
})
