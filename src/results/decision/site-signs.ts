import type { Evidences } from './evidences.ts'
import { CLASS, KEPT, newestOk } from './registers.ts'
import { NEVER } from './topology.ts'

/**
 * Tells quickly that a site cannot be down, which is nearly always: an OK that is still kept says since when its hosts must be silent at least, and
 * which of them may be so long is known from their newest silence. What is left is assessed in full, so nothing is decided here.
 */
export class SiteSigns {
  readonly #of: Evidences
  /** By site: the cell with the newest OK that was seen from outside, or -1. */
  readonly #okCell: Int32Array
  /** By host: when the newest silence began that was ever seen from outside. */
  readonly #silentAt: Float64Array

  constructor(of: Evidences) {
    const { sites, hosts } = of.layout.topology
    this.#of = of
    this.#okCell = new Int32Array(sites.length).fill(-1)
    this.#silentAt = new Float64Array(hosts.length).fill(NEVER)
  }

  /** The newest result of this cell has changed. */
  note(check: number, cell: number): void {
    const { layout, registers } = this.#of
    const site = layout.siteOf[check] as number
    if (layout.insideOf[layout.observerOf[cell] as number] === site) return
    const code = registers.kind[cell * KEPT]
    const at = registers.at[cell * KEPT] as number
    if (code === CLASS.ok) {
      if (at >= this.#okAt(site)) this.#okCell[site] = cell
    } else if (code === CLASS.timeout) {
      const host = layout.hostOf[check] as number
      if (at > (this.#silentAt[host] as number)) this.#silentAt[host] = at
    }
  }

  /** @returns whether so many hosts of the site may be silent since the last sign of life */
  areSilent(site: number, hostsNeeded: number): boolean {
    const { layout, witnesses } = this.#of
    const cell = this.#okCell[site] as number
    const isBelieved = cell >= 0 && !witnesses.isLiar(layout.observerOf[cell] as number)
    const aliveAt = isBelieved ? this.#okAt(site) : NEVER
    let silent = 0
    for (const host of layout.hostsOf[site] ?? [])
      if ((this.#silentAt[host] as number) > aliveAt && ++silent >= hostsNeeded) return true
    return false
  }

  #okAt(site: number): number {
    const cell = this.#okCell[site] as number
    return cell < 0 ? NEVER : newestOk(this.#of.registers, cell)
  }
}
