import type { ExplanationAnswer } from '../../wire/api/truth.ts'
import { REASONS } from '../vantage/marks.ts'

/** For a ticket or a message. @param stamp the time of it, as people read it */
export function explanationText(found: ExplanationAnswer, stamp: string): string {
  const { id, sentence, rule, evidence, needed, witnesses, setAside, okAt, okOf } = found
  return [
    `${id.replace('!', ' / ')}, ${stamp}`,
    sentence,
    `rule ${rule}, evidence ${evidence.toFixed(1)} of ${needed.toFixed(1)} needed`,
    okAt === null ? 'no OK that counts' : `last OK ${okAt} from ${okOf ?? ''}`,
    ...witnesses.map(
      ({ observer, site, class: kind, run, weight, at }) =>
        `- ${observer} (site ${site}): ${kind} x${run}, weight +${weight.toFixed(1)}, ${at}`,
    ),
    ...setAside.map(
      ({ observer, reason, share }) =>
        `- ${observer} is set aside: ${REASONS[reason]} (${Math.round(share * 100)}%)`,
    ),
  ].join('\n')
}
