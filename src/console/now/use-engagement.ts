import { useCallback, useRef, useState } from 'react'

/** A pointer that lies still, or a focus left behind, holds the order no longer than this. */
const POINTER_IDLE_MS = 15_000
const KEYBOARD_IDLE_MS = 60_000

/** Whether somebody is at work in the list, so that its rows must not move under them. */
export function useEngagement(): readonly [
  isEngaged: boolean,
  engage: (how: 'pointer' | 'keyboard' | 'left') => void,
] {
  const [isEngaged, setEngaged] = useState(false)
  const timer = useRef(0)
  const engage = useCallback((how: 'pointer' | 'keyboard' | 'left') => {
    window.clearTimeout(timer.current)
    if (how === 'left') return setEngaged(false)
    setEngaged(true)
    const idleMs = how === 'pointer' ? POINTER_IDLE_MS : KEYBOARD_IDLE_MS
    timer.current = window.setTimeout(() => setEngaged(false), idleMs)
  }, [])
  return [isEngaged, engage]
}
