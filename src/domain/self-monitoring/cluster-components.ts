import type { Component } from './component.ts'

/** What a hub knows of each cluster. */
export const CLUSTER_COMPONENTS = {
  cluster: {
    about: 'cluster',
    notes:
      'Whether anybody checks the hosts of the cluster. Without a collector they are a blind spot.',
    measures: [
      {
        label: 'blind',
        from: 'parallax_cluster_blind',
        words: 'blind',
        says: (value) => (value === 0 ? 'is watched' : 'is a blind spot: nobody checks its hosts'),
        critical: '0',
      },
      {
        label: 'live',
        from: 'parallax_cluster_live',
        words: 'collectors live',
        one: 'collector live',
      },
      { label: 'hosts', from: 'parallax_cluster_hosts', words: 'hosts', one: 'host' },
    ],
  },
  members: {
    about: 'cluster',
    notes: 'The collectors of the cluster. A lost one leaves its hosts to the others.',
    measures: [
      {
        label: 'lost',
        from: 'parallax_cluster_lost',
        words: 'collectors lost',
        one: 'collector lost',
        warning: '0',
      },
      {
        label: 'agreed',
        from: 'parallax_cluster_agreed',
        words: 'agreed',
        says: (value) =>
          value === 1 ? 'all see the same members' : 'they do not see the same members',
        warning: '1:',
      },
    ],
  },
  observer: {
    about: 'cluster',
    notes:
      'How the cluster is as one of several observers. What it says is weighed by how often the others contradict it.',
    measures: [
      {
        label: 'set_aside',
        from: 'parallax_observer_set_aside',
        words: 'set aside',
        says: (value) =>
          value === 0
            ? 'is believed'
            : 'is set aside: its checks are judged by the other observers meanwhile',
        warning: '0',
      },
      {
        label: 'contradicted',
        from: 'parallax_observer_contradicted_ratio',
        words: 'contradicted',
        says: (value) => `others contradict ${Math.round(value * 100)} % of what it sees`,
        warning: '0.2',
      },
      {
        label: 'incidents',
        from: 'parallax_observer_incidents',
        words: 'open incidents',
        one: 'open incident',
        warning: '0',
      },
    ],
  },
} as const satisfies Readonly<Record<string, Component>>
