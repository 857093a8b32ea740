import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { STATE_LOOKS } from '../src/console/state/states.ts'

const css = readFileSync(join(import.meta.dirname, '..', 'src', 'console', 'styles.css'), 'utf8')

test('[UI1] every state has its chip', () => {
  for (const state of Object.keys(STATE_LOOKS)) expect(css).toContain(`.chip-${state}`)
})

test('[UI2] chips and texts have the contrast of WCAG 2.2 AA in both themes', () => {
  const fill = (name: string): string => colour(name)[0]
  expect(contrast('#ffffff', fill('fill-critical'))).toBeGreaterThan(5.6)
  expect(contrast('#000000', fill('fill-warning'))).toBeGreaterThan(13)
  expect(contrast('#000000', fill('fill-unknown'))).toBeGreaterThan(5.6)
  expect(contrast('#ffffff', fill('fill-ok'))).toBeGreaterThan(4.9)
  for (const theme of [0, 1] as const) {
    const grounds = ['page', 'surface', 'raised', 'hover', 'chosen'].map(
      (name) => colour(name)[theme],
    )
    for (const ground of grounds) {
      for (const text of ['text', 'dim']) {
        expect(contrast(colour(text)[theme], ground), `${text} on ${ground}`).toBeGreaterThan(4.5)
      }
      expect(contrast(colour('edge')[theme], ground), `edge on ${ground}`).toBeGreaterThan(2.7)
    }
    for (const state of ['critical', 'warning', 'unknown', 'ok', 'quiet']) {
      const page = colour('page')[theme]
      expect(contrast(colour(`text-${state}`)[theme], page), state).toBeGreaterThan(5.8)
    }
    expect(contrast(colour('on-accent')[theme], colour('accent')[theme])).toBeGreaterThan(4.5)
    expect(contrast(colour('on-amber')[theme], colour('amber')[theme])).toBeGreaterThan(4.5)
  }
})

/** A colour of the style sheet as [light, dark]. */
function colour(name: string): readonly [string, string] {
  const value = new RegExp(`--${name}: ([^;]+);`).exec(css)?.[1] ?? ''
  const [light, dark] = value.match(/#[0-9a-f]{3,6}/g) ?? []
  if (light === undefined) throw new Error(`no colour --${name} in styles.css`)
  return [light, dark ?? light]
}

/** WCAG 2.2, contrast ratio of two sRGB colours. */
function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
