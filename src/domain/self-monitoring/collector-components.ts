import type { Component } from './component.ts'

/** How a hub sees a collector: `parallax_member_health`. */
export const HEALTH_WORDS = ['live', 'late', 'lost'] as const

/** Parts of a collector. Numbers of a hub's own collector and of `parallax up` have the same names. */
export const COLLECTOR_COMPONENTS = {
  collector: {
    about: 'program',
    notes: 'The collector itself: it beats every second. Silent for 5 seconds it is lost.',
    measures: [
      {
        label: 'health',
        from: 'parallax_member_health',
        words: 'health',
        says: (value) => `is ${HEALTH_WORDS[value] ?? 'unknown'}`,
        warning: '0',
        critical: '1',
      },
      { label: 'hosts', from: 'parallax_member_hosts', words: 'hosts', one: 'host' },
      { label: 'checks', from: 'parallax_member_checks', words: 'checks', one: 'check' },
    ],
  },
  plan: {
    about: 'program',
    notes:
      'Which plan it follows. After an apply all collectors follow the new one within a minute.',
    measures: [
      {
        label: 'current',
        from: 'parallax_member_plan_current',
        words: 'current',
        says: (value) => (value === 1 ? 'follows the active plan' : 'follows another plan'),
        warning: '1:',
      },
    ],
  },
  scheduler: {
    about: 'program',
    notes: 'When checks start. Late checks need more slots, or a faster machine.',
    measures: [
      {
        label: 'lateness_p99',
        from: 'parallax_check_lateness_p99_seconds',
        unit: 's',
        words: 'late (99th percentile)',
        warning: '2',
        critical: '15',
      },
      {
        label: 'overruns',
        from: 'parallax_check_overruns_total',
        as: 'growth',
        words: 'slots skipped because the check still ran',
        warning: '100',
      },
      {
        label: 'delayed',
        from: 'parallax_check_slots_delayed_total',
        as: 'growth',
        words: 'slots passed in waiting',
        warning: '0',
      },
      {
        label: 'missed',
        from: 'parallax_check_slots_missed_total',
        as: 'growth',
        words: 'slots stepped over by the clock',
        warning: '0',
      },
    ],
  },
  executor: {
    about: 'program',
    notes: 'The slots that run checks. When all are taken, what is due waits.',
    measures: [
      {
        label: 'used',
        from: 'parallax_executor_running',
        as: 'share',
        to: 'parallax_executor_slots',
        unit: '%',
        words: 'of the slots in use',
        warning: '90',
      },
      {
        label: 'waiting',
        from: 'parallax_checks_waiting',
        words: 'checks wait',
        one: 'check waits',
        warning: '500',
      },
      {
        label: 'oldest',
        from: 'parallax_check_waiting_oldest_seconds',
        unit: 's',
        words: 'waits the longest',
        warning: '10',
        critical: '60',
      },
    ],
  },
  plugins: {
    about: 'program',
    notes:
      'How checks end. Many that time out point at the network or at a machine that is too busy.',
    measures: [
      {
        label: 'timed_out',
        from: 'parallax_executor_timed_out_total',
        as: 'share',
        to: 'parallax_executor_finished_total',
        unit: '%',
        words: 'timed out',
        warning: '20',
        critical: '60',
      },
      {
        label: 'faults',
        from: 'parallax_executor_builtin_faults_total',
        as: 'growth',
        words: 'built-in checks failed by themselves',
        warning: '0',
      },
      {
        label: 'shells',
        from: 'parallax_executor_shells_replaced_total',
        as: 'rate',
        words: 'shells replaced a second',
        warning: '5',
      },
    ],
  },
  outbox: {
    about: 'program',
    notes: 'Results that no hub has confirmed yet. What a full outbox gives up is lost for ever.',
    measures: [
      {
        label: 'waiting',
        from: 'parallax_outbox_waiting_results',
        words: 'results wait',
        one: 'result waits',
        warning: '20000',
        critical: '200000',
      },
      { label: 'bytes', from: 'parallax_outbox_bytes', unit: 'B', words: 'on disk' },
      {
        label: 'lost',
        from: 'parallax_outbox_lost_total',
        as: 'growth',
        words: 'lost',
        critical: '0',
      },
      {
        label: 'unavailable',
        from: 'parallax_outbox_unavailable',
        words: 'unavailable',
        says: (value) =>
          value === 0 ? 'it keeps them' : 'it keeps nothing: results are in memory only',
        critical: '0',
      },
    ],
  },
  sender: {
    about: 'program',
    notes: 'The way of results to each hub, and what is behind there.',
    measures: [
      {
        label: 'connected',
        from: 'parallax_hub_connected',
        words: 'connected',
        says: (value) => (value === 1 ? 'connected' : 'not connected'),
        critical: '1:',
      },
      {
        label: 'behind',
        from: 'parallax_hub_waiting_results',
        words: 'results wait',
        one: 'result waits',
        warning: '20000',
      },
      {
        label: 'oldest',
        from: 'parallax_hub_oldest_seconds',
        unit: 's',
        words: 'old is the oldest',
        warning: '120',
        critical: '3600',
      },
      { label: 'sent', from: 'parallax_collector_sent_total', as: 'rate', words: 'results/s' },
    ],
  },
  assignment: {
    about: 'program',
    notes:
      'Its share of the hosts of the cluster. A collector that does not hear itself accuses nobody.',
    measures: [
      {
        label: 'hosts',
        from: 'parallax_assignment_hosts',
        words: 'hosts are its own',
        one: 'host is its own',
      },
      {
        label: 'members',
        from: 'parallax_assignment_members',
        words: 'members share the cluster',
        one: 'member shares the cluster',
      },
      {
        label: 'taken_over',
        from: 'parallax_assignment_taken_over_total',
        as: 'growth',
        words: 'checks taken over from lost collectors',
        one: 'check taken over from lost collectors',
      },
      {
        label: 'deaf',
        from: 'parallax_assignment_deaf',
        words: 'deaf',
        says: (value) => (value === 0 ? 'it hears itself' : 'its own beats do not come back'),
        critical: '0',
      },
    ],
  },
  standing: {
    about: 'program',
    notes:
      'What members of the cluster tell each other. Messages that are dropped bear a wrong name, or come from collectors that were shut out.',
    measures: [
      {
        label: 'dropped',
        from: 'parallax_assignment_dropped_total',
        as: 'growth',
        words: 'messages dropped',
        one: 'message dropped',
        warning: '0',
      },
    ],
  },
  clock: {
    about: 'program',
    notes: "The machine's clock beside that of each hub, and how sure that is.",
    measures: [
      {
        label: 'offset',
        from: 'parallax_clock_offset_seconds',
        unit: 's',
        words: 'off',
        warning: '-0.5:0.5',
        critical: '-60:60',
      },
      {
        label: 'bound',
        from: 'parallax_clock_error_seconds',
        unit: 's',
        words: 'unsure',
        warning: '1',
      },
      {
        label: 'age',
        from: 'parallax_clock_age_seconds',
        unit: 's',
        words: 'since it was measured',
        warning: '180',
      },
      {
        label: 'steps',
        from: 'parallax_clock_steps_total',
        as: 'growth',
        words: 'steps',
        warning: '0',
      },
    ],
  },
  bus: {
    about: 'program',
    notes: 'The connections to the bus, and messages from it that were no messages.',
    measures: [
      {
        label: 'down',
        from: 'parallax_bus_hubs_unreachable',
        words: 'hubs cannot be reached',
        one: 'hub cannot be reached',
        critical: '0',
      },
      {
        label: 'reconnects',
        from: 'parallax_bus_reconnects_total',
        as: 'growth',
        words: 'reconnects',
        warning: '3',
      },
      {
        label: 'refused',
        from: 'parallax_bus_refused_total',
        as: 'growth',
        words: 'messages refused',
        one: 'message refused',
        warning: '0',
      },
    ],
  },
  'event-loop': {
    about: 'program',
    notes:
      'How long the process did not come to its next task. Everything in it is late by so much.',
    measures: [
      {
        label: 'lag',
        from: 'parallax_event_loop_lag_seconds',
        unit: 's',
        words: 'behind at most in the last minute',
        warning: '1',
        critical: '3',
      },
    ],
  },
  memory: {
    about: 'program',
    notes: 'Memory of the process. At the limit of its heap it ends.',
    measures: [
      {
        label: 'heap',
        from: 'nodejs_heap_used_bytes',
        as: 'share',
        to: 'nodejs_heap_limit_bytes',
        unit: '%',
        words: 'of the heap',
        warning: '85',
        critical: '95',
      },
      { label: 'resident', from: 'process_resident_memory_bytes', unit: 'B', words: 'resident' },
      { label: 'files', from: 'process_open_fds', words: 'open files' },
    ],
  },
  machine: {
    about: 'program',
    notes: 'The machine it runs on: processors, memory, and room for its data folder.',
    measures: [
      {
        label: 'load',
        from: 'parallax_machine_load_per_cpu_ratio',
        words: 'load per processor',
        warning: '3',
        critical: '10',
      },
      {
        label: 'memory',
        from: 'parallax_machine_memory_available_bytes',
        as: 'share',
        to: 'parallax_machine_memory_bytes',
        unit: '%',
        words: 'of the memory available',
        warning: '10:',
        critical: '3:',
      },
      {
        label: 'disk',
        from: 'parallax_machine_disk_free_bytes',
        as: 'share',
        to: 'parallax_machine_disk_bytes',
        unit: '%',
        words: 'of the disk free',
        warning: '10:',
        critical: '5:',
      },
    ],
  },
} as const satisfies Readonly<Record<string, Component>>
