import { describe, expect, it } from 'vitest'
import {
  boundsWords,
  daysOf,
  isMoment,
  isWhole,
  momentsOf,
  numbersOf,
  numberWords,
  validBounds,
} from './bounds'

describe('bounds in the address', () => {
  it('have one end or both, and an old address has just the lower one', () => {
    expect(numbersOf('4..9')).toEqual({ min: 4, max: 9 })
    expect(numbersOf('-1.5..')).toEqual({ min: -1.5 })
    expect(numbersOf('..0')).toEqual({ max: 0 })
    expect(validBounds('4', isWhole)).toBe('4..')
  })

  it('lose an end that cannot be read', () => {
    expect(validBounds('1.5..9', isWhole)).toBe('..9')
    expect(validBounds('yesterday..', isMoment)).toBe('')
  })

  it('are told in words', () => {
    expect(boundsWords('4..', numberWords)).toBe('at least 4')
    expect(boundsWords('..9', numberWords)).toBe('at most 9')
    expect(boundsWords('4..9', numberWords)).toBe('4 to 9')
    expect(boundsWords('4..4', numberWords)).toBe('4')
  })
})

describe('days', () => {
  it('are meant whole, and come back from their moments', () => {
    const { from = '', to = '' } = momentsOf('2026-11-01..2026-11-02')
    expect(Date.parse(to) - Date.parse(from)).toBe(2 * 86_400_000 - 1)
    expect(daysOf({ from, to })).toBe('2026-11-01..2026-11-02')
    expect(daysOf({ from: '2026-11-01T07:30:00Z' })).toBe('2026-11-01T07:30:00Z..')
  })
})
