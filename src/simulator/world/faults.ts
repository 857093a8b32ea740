/** What goes wrong in a world, and when: `from <= t < to`, in ms since it began. */
export type Fault = FaultSpan & FaultKind

export interface FaultSpan {
  /** Its number among the faults of the world. */
  readonly id: number
  readonly from: number
  readonly to: number
}

export type FaultKind = TargetFault | WayFault | ObserverFault

export type TargetFault =
  | {
      readonly type: 'service'
      readonly check: number
      readonly how: 'refused' | 'hang' | 'bad'
      /** One of a series of a service that goes up and down. */
      readonly isFlap: boolean
    }
  | { readonly type: 'host'; readonly host: number; readonly isRefusedSoon: boolean }
  | { readonly type: 'site'; readonly site: number; readonly isOutOfBand: boolean }

export type WayFault =
  | { readonly type: 'path'; readonly observerSites: readonly number[]; readonly site: number }
  | {
      readonly type: 'burst'
      readonly observerSites: readonly number[]
      readonly site: number
      /** Share of results that are lost. */
      readonly severity: number
    }
  | {
      readonly type: 'ban'
      readonly observer: number
      readonly host: number
      readonly isSilent: boolean
    }

export type ObserverFault =
  | { readonly type: 'overload'; readonly observer: number; readonly severity: number }
  /** Cut off from its targets; out of band its reports come through all the same. */
  | { readonly type: 'isolate'; readonly observer: number; readonly isOutOfBand: boolean }
  | { readonly type: 'misconf'; readonly observer: number }
  | { readonly type: 'stuck'; readonly observer: number }
  | { readonly type: 'step'; readonly observer: number; readonly offsetMs: number }

export type FaultOf<T extends FaultKind['type']> = FaultSpan & Extract<FaultKind, { type: T }>

export function isAt({ from, to }: Pick<FaultSpan, 'from' | 'to'>, t: number): boolean {
  return from <= t && t < to
}

/** The first that is there at `t`. */
export function faultAt<F extends FaultSpan>(faults: readonly F[], t: number): F | undefined {
  for (const fault of faults) if (fault.from <= t && t < fault.to) return fault
  return undefined
}
