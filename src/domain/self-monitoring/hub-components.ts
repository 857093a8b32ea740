import type { Component } from './component.ts'

/** Parts of a hub, and what only a hub knows. */
export const HUB_COMPONENTS = {
  doubt: {
    about: 'program',
    notes:
      'Checks that nobody can decide: they stay SUSPECT because too few of their observers are believed. Look at `parallax get observers`.',
    measures: [
      {
        label: 'stuck',
        from: 'parallax_suspects_stuck',
        words: 'checks stay SUSPECT while observers are set aside',
        one: 'check stays SUSPECT while observers are set aside',
        critical: '0',
      },
      { label: 'shared', from: 'parallax_checks_shared', words: 'checks have several observers' },
    ],
  },
  roster: {
    about: 'program',
    notes:
      "The collectors that this hub hears. Beats under a name that is not the sender's were forged.",
    measures: [
      {
        label: 'live',
        from: 'parallax_collectors_live',
        words: 'collectors live',
        one: 'collector live',
      },
      { label: 'known', from: 'parallax_collectors', words: 'known' },
      {
        label: 'forged',
        from: 'parallax_collectors_forged_total',
        as: 'growth',
        words: 'forged beats',
        one: 'forged beat',
        critical: '0',
      },
    ],
  },
  intake: {
    about: 'program',
    notes: 'Takes in the results. When the database is slow they wait here, then in the outboxes.',
    measures: [
      { label: 'counted', from: 'parallax_results_counted_total', as: 'rate', words: 'results/s' },
      {
        label: 'pending',
        from: 'parallax_intake_pending_results',
        words: 'not stored yet',
        warning: '15000',
        critical: '19999',
      },
      {
        label: 'missing',
        from: 'parallax_results_missing_total',
        as: 'growth',
        words: 'given up by collectors',
        critical: '0',
      },
      {
        label: 'forged',
        from: 'parallax_intake_forged_total',
        as: 'growth',
        words: 'forged batches',
        one: 'forged batch',
        critical: '0',
      },
      {
        label: 'unknown',
        from: 'parallax_results_unknown_check_total',
        as: 'growth',
        words: 'of unknown checks',
        warning: '1000',
      },
    ],
  },
  decision: {
    about: 'program',
    notes:
      'Which results made the present. Late ones come after an outage; suspect ones from a wrong clock.',
    measures: [
      {
        label: 'late',
        from: 'parallax_results_late_total',
        as: 'rate',
        words: 'late results/s',
      },
      {
        label: 'set_aside',
        from: 'parallax_results_set_aside_total',
        as: 'growth',
        words: 'set aside because of the clock of their collector',
        warning: '0',
      },
      {
        label: 'suspect',
        from: 'parallax_results_clock_suspect_total',
        as: 'growth',
        words: 'results from the future',
        warning: '0',
      },
    ],
  },
  freshness: {
    about: 'program',
    notes:
      'What has not been seen for longer than its horizon although its cluster has a collector. It is shown as stale, whatever it said last.',
    measures: [
      {
        label: 'overdue',
        from: 'parallax_objects_overdue',
        as: 'share',
        to: 'parallax_objects',
        unit: '%',
        words: 'of all objects are overdue',
        warning: '5',
        critical: '50',
      },
      { label: 'stale', from: 'parallax_objects_stale', words: 'are stale' },
      { label: 'pending', from: 'parallax_objects_pending', words: 'were never seen' },
    ],
  },
  state: {
    about: 'program',
    notes: 'The live index: what is monitored, and how much of it has a problem.',
    measures: [
      { label: 'objects', from: 'parallax_objects', words: 'objects' },
      { label: 'problems', from: 'parallax_objects_problem', words: 'with a problem' },
    ],
  },
  database: {
    about: 'program',
    notes: 'Where the hub keeps everything. Without it results wait in the outboxes.',
    measures: [
      {
        label: 'available',
        from: 'parallax_store_available',
        words: 'available',
        says: (value) => (value === 1 ? 'is there' : 'is unavailable'),
        critical: '1:',
      },
      {
        label: 'commit',
        from: 'parallax_store_last_commit_seconds',
        unit: 's',
        words: 'for the last commit',
        warning: '2',
        critical: '20',
      },
      {
        label: 'failures',
        from: 'parallax_store_commit_failures_total',
        as: 'growth',
        words: 'failed commits',
        one: 'failed commit',
        warning: '0',
      },
      { label: 'size', from: 'parallax_database_bytes', unit: 'B', words: 'in size' },
      {
        label: 'connections',
        from: 'parallax_database_connections',
        as: 'share',
        to: 'parallax_database_connections_max',
        unit: '%',
        words: 'of the connections taken',
        warning: '80',
        critical: '95',
      },
    ],
  },
  retention: {
    about: 'program',
    notes: 'Makes partitions for the time to come and drops old ones, every hour.',
    measures: [
      {
        label: 'age',
        from: 'parallax_maintenance_age_seconds',
        unit: 's',
        words: 'since it was done',
        warning: '7200',
        critical: '43200',
      },
      { label: 'partitions', from: 'parallax_store_partitions', words: 'partitions' },
    ],
  },
  configuration: {
    about: 'program',
    notes: 'Revisions and their apply jobs. A job that failed left what ran before.',
    measures: [
      {
        label: 'failed',
        from: 'parallax_apply_last_failed',
        words: 'failed',
        says: (value) => (value === 0 ? 'the last apply is active' : 'the last apply failed'),
        warning: '0',
      },
      {
        label: 'running',
        from: 'parallax_apply_running_seconds',
        unit: 's',
        words: 'of a running apply',
        warning: '300',
        critical: '1800',
      },
    ],
  },
  replication: {
    about: 'program',
    notes:
      'The other hubs. Each works by itself; what people do at one comes to the others when they can be reached.',
    measures: [
      { label: 'peers', from: 'parallax_peers', words: 'other hubs', one: 'other hub' },
      {
        label: 'reachable',
        from: 'parallax_peer_reachable',
        words: 'reachable',
        says: (value) => (value === 1 ? 'is reached' : 'is not reached'),
        critical: '1:',
      },
      {
        label: 'same_revision',
        from: 'parallax_peer_same_revision',
        words: 'same revision',
        says: (value) => (value === 1 ? 'has the same revision' : 'has another revision'),
        warning: '1:',
      },
      {
        label: 'verdicts_differ',
        from: 'parallax_peer_verdicts_differ_seconds',
        words: 'other verdicts',
        says: (value) =>
          value === 0
            ? 'has the same verdicts'
            : `has other verdicts for ${Math.round(value)} s, see \`parallax hub compare\``,
        warning: '180',
      },
    ],
  },
  tunnels: {
    about: 'program',
    notes: 'SSH tunnels that the hub keeps to clusters that cannot reach it.',
    measures: [
      { label: 'tunnels', from: 'parallax_tunnels', words: 'tunnels', one: 'tunnel' },
      {
        label: 'open',
        from: 'parallax_tunnel_open',
        words: 'open',
        says: (value) => (value === 1 ? 'stands' : 'does not stand'),
        critical: '1:',
      },
    ],
  },
  passive: {
    about: 'program',
    notes:
      'Results that senders hand in at the API. When no collector takes them their senders hear that and may try again.',
    measures: [
      { label: 'taken', from: 'parallax_passive_results_total', as: 'rate', words: 'results/s' },
      {
        label: 'failed',
        from: 'parallax_passive_failed_total',
        as: 'growth',
        words: 'not taken',
        warning: '0',
      },
    ],
  },
  web: {
    about: 'program',
    notes: 'Console and API. Its failures are faults of ours: see the log.',
    measures: [
      { label: 'requests', from: 'parallax_web_requests_total', as: 'rate', words: 'requests/s' },
      {
        label: 'failures',
        from: 'parallax_web_failures_total',
        as: 'growth',
        words: 'failed',
        warning: '0',
        critical: '20',
      },
      { label: 'readers', from: 'parallax_stream_readers', words: 'live streams' },
      {
        label: 'resets',
        from: 'parallax_stream_resets_total',
        as: 'growth',
        words: 'readers too slow',
        warning: '10',
      },
    ],
  },
  'bus-server': {
    about: 'program',
    notes:
      'The nats-server that the hub runs: collectors connect to it, results wait in its stream.',
    measures: [
      {
        label: 'answers',
        from: 'parallax_bus_server_up',
        words: 'answers',
        says: (value) => (value === 1 ? 'answers' : 'does not answer'),
        critical: '1:',
      },
      { label: 'connections', from: 'parallax_bus_server_connections', words: 'connections' },
      { label: 'leaves', from: 'parallax_bus_server_leaf_nodes', words: 'servers of clusters' },
      {
        label: 'slow',
        from: 'parallax_bus_server_slow_consumers_total',
        as: 'growth',
        words: 'slow consumers',
        one: 'slow consumer',
        warning: '0',
      },
      {
        label: 'stream',
        from: 'parallax_bus_server_stream_bytes',
        as: 'share',
        to: 'parallax_bus_server_stream_max_bytes',
        unit: '%',
        words: 'of the store taken',
        warning: '50',
        critical: '90',
      },
      {
        label: 'messages',
        from: 'parallax_bus_server_stream_messages',
        words: 'messages in the stream',
      },
    ],
  },
} as const satisfies Readonly<Record<string, Component>>
