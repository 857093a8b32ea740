import { describe, expect, test } from 'vitest'
import { plainText, webAddress } from './plain-text.ts'
import { chipStateOf, STATE_LOOKS } from './states.ts'
import { spanText } from './times.ts'

describe('states', () => {
  test('[UI1] no two states that need different answers look alike without colour', () => {
    const looks = Object.entries(STATE_LOOKS).map(([, { shape, letter }]) => `${shape} ${letter}`)
    // OK and UP are the same good news of two kinds.
    expect(new Set(looks).size).toBe(looks.length - 1)
    expect(chipStateOf({ state: 'critical', isStale: true })).toBe('stale')
    expect(chipStateOf({ state: 'critical', isStale: false })).toBe('critical')
  })
})

describe('texts', () => {
  test('[UI10] plugin output is plain text: no terminal sequences, no control characters', () => {
    const esc = String.fromCodePoint(27)
    const bel = String.fromCodePoint(7)
    expect(plainText(`${esc}[1;31mCRITICAL${esc}[0m - down`)).toBe('CRITICAL - down')
    expect(plainText(`a${esc}]8;;http://x.example${bel}link${esc}]8;;${esc}\\b`)).toBe('alinkb')
    expect(plainText(`a\u0000b\u0008c\tdone\r\nnext`)).toBe('abc\tdone\nnext')
    expect(plainText('<b>&amp;</b> ünï')).toBe('<b>&amp;</b> ünï')
  })

  test('[UI10] only web addresses become links', () => {
    expect(webAddress(' https://wiki.example/x ')).toBe('https://wiki.example/x')
    expect(webAddress('javascript:alert(1)')).toBeUndefined()
    expect(webAddress('/nagios/x')).toBeUndefined()
  })

  test('[UI11] ages are short and never negative', () => {
    const texts = [-5_000, 900, 41_000, 61_000, 3_900_000, 90_000_000].map(spanText)
    expect(texts).toEqual(['0 s', '0 s', '41 s', '1 min', '1 h 05', '1 d 1 h'])
  })
})
