import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { counter, type Metric } from '../base/metrics.ts'
import { collectorId } from '../domain/cluster.ts'
import type { Roster } from '../orchestrator/roster.ts'
import type { Intake } from '../results/intake.ts'
import type { Inquiry } from '../results/shared-verdicts.ts'
import { ASKED_MAX, hintsTo, probesOf, type Probes } from '../wire/asking.ts'
import type { Bus } from '../wire/bus.ts'
import { MESSAGE_VERSION } from '../wire/subjects.ts'
import type { Undoing } from './undoing.ts'

export interface QuestionerParts {
  readonly hub: string
  readonly bus: Bus
  readonly roster: Pick<Roster, 'live'>
  readonly intake: Pick<Intake, 'inquireBy' | 'hint'>
  readonly clock: Pick<Clock, 'now'>
  readonly log: Log
}

/** Carries the questions of a hub in doubt to the clusters, and early hints from them to the decision. Rules AK6 to AK9 of docs/spec/asking.md. */
export function startQuestioner(parts: QuestionerParts, undoing: Undoing): readonly Metric[] {
  const { hub, bus, intake, log } = parts
  const counts = { asked: 0, unheard: 0, hints: 0, forged: 0 }
  intake.inquireBy((inquiries) => {
    for (const [cluster, ofIt] of Map.groupBy(inquiries, (one) => one.cluster)) {
      const members = membersOf(parts.roster, cluster)
      if (members.length === 0) counts.unheard += ofIt.length
      else counts.asked += ofIt.length
      for (const message of messagesOf(hub, ofIt))
        // Who of the cluster checks a host is its own affair: the others ignore it.
        for (const id of members)
          bus.publish(probesOf(id), message).catch((error: unknown) => {
            log.debug('a question reached nobody', { collector: id, error })
          })
    }
  })
  const name = hintsTo(hub, collectorId('*', '*'))
  const subscription = bus.subscribe(name, ({ collector, runs }, subject) => {
    if (subject !== hintsTo(hub, collector).name) counts.forged++
    else {
      counts.hints += runs.length
      intake.hint(collector, runs)
    }
  })
  undoing.add(() => subscription.close())
  return metricsOf(counts)
}

function membersOf(roster: QuestionerParts['roster'], cluster: string): readonly string[] {
  return roster
    .live()
    .filter((member) => member.cluster === cluster && member.beat?.role !== 'executor')
    .map(({ id }) => id)
}

function messagesOf(hub: string, inquiries: readonly Inquiry[]): readonly Probes[] {
  const messages: Probes[] = []
  for (let from = 0; from < inquiries.length; from += ASKED_MAX)
    messages.push({
      version: MESSAGE_VERSION,
      hub,
      asks: inquiries
        .slice(from, from + ASKED_MAX)
        .map(({ checkId, timeoutMs }) => ({ checkId, timeoutMs })),
    })
  return messages
}

function metricsOf(
  counts: Readonly<Record<'asked' | 'unheard' | 'hints' | 'forged', number>>,
): readonly Metric[] {
  return [
    counter(
      'parallax_questions_asked_total',
      'Checks that other observers were asked to run because of a doubt.',
      () => counts.asked,
    ),
    counter(
      'parallax_questions_unheard_total',
      'Questions to clusters of which no collector was there.',
      () => counts.unheard,
    ),
    counter(
      'parallax_hints_heard_total',
      'Runs without an answer that collectors told of early.',
      () => counts.hints,
    ),
    counter(
      'parallax_hints_forged_total',
      'Early hints that said they were of another collector than their sender.',
      () => counts.forged,
    ),
  ]
}
