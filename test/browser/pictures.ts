import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

export const DESKTOP = { width: 1440, height: 900 }
export const PHONE = { width: 390, height: 844 }
export const SCREENSHOTS = join(import.meta.dirname, '..', '..', 'dist', 'screenshots')

/** A picture of each theme and width, and what axe says of it: nothing serious. */
export async function picturesOf(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    for (const [size, viewport] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
      await page.setViewportSize(viewport)
      await page.evaluate(
        'new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))',
      )
      // The colours of a phone are those of a desktop: its layout is looked at once.
      const isNew = size === 'desktop' || colorScheme === 'light'
      if (isNew) expect(await seriousFaults(page), `${name}, ${colorScheme}, ${size}`).toEqual([])
      await page.screenshot({ path: join(SCREENSHOTS, `${name}-${size}-${colorScheme}.png`) })
    }
  }
  await page.setViewportSize(DESKTOP)
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'no-preference' })
}

async function seriousFaults(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id} at ${nodes[0]?.html}`)
}
