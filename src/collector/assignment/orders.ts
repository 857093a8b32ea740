import type { Order } from '../../wire/cluster.ts'
import type { OwnPlace } from './own-place.ts'

export interface OrderTerms {
  readonly wall: number
  /** What is to come is announced so long before. */
  readonly noticeMs: number
  /** Somebody would take over. */
  readonly hasHeirs: boolean
}

/** Why an order cannot be followed; `undefined` when it is. To want again what is already so is no fault. */
export function obey(
  own: OwnPlace,
  want: Order['want'],
  { wall, noticeMs, hasHeirs }: OrderTerms,
): string | undefined {
  switch (want.kind) {
    case 'drain': {
      if (own.isCordoned) return undefined
      const isActive = own.weightAt(wall) !== undefined
      if (isActive && !hasHeirs)
        return 'no other collector of the cluster is there to take over; cordon stops this one all the same'
      own.cordon(isActive ? wall + noticeMs : wall)
      return undefined
    }
    case 'cordon':
      own.cordon(wall)
      return undefined
    case 'uncordon':
      own.uncordon(wall, noticeMs)
      return undefined
    case 'weight':
      own.weigh(want.weight, wall + noticeMs)
      return undefined
  }
}
