import { useSyncExternalStore } from 'react'
import { Listeners } from './live/listeners.ts'

/** `system` follows the device. Kept on the device only. */
export type Theme = 'system' | 'light' | 'dark'

const KEY = 'parallax.theme'
const THEMES: readonly Theme[] = ['system', 'light', 'dark']
const deviceIsDark = window.matchMedia('(prefers-color-scheme: dark)')
const listeners = new Listeners()
deviceIsDark.addEventListener('change', () => listeners.tell())

const subscribe = (hear: () => void): (() => void) => listeners.add(hear)

export function storedTheme(): Theme {
  const stored = localStorage.getItem(KEY)
  return THEMES.find((theme) => theme === stored) ?? 'system'
}

export function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
  listeners.tell()
}

/** system, light, dark, and round again. */
export function nextTheme(): void {
  const following = THEMES[(THEMES.indexOf(storedTheme()) + 1) % THEMES.length] ?? 'system'
  localStorage.setItem(KEY, following)
  applyTheme(following)
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, storedTheme)
}

/** What is really shown, for what is drawn on a canvas. */
export function useScheme(): 'light' | 'dark' {
  return useSyncExternalStore(subscribe, () => {
    const theme = storedTheme()
    if (theme !== 'system') return theme
    return deviceIsDark.matches ? 'dark' : 'light'
  })
}
