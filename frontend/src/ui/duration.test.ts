import { describe, expect, it } from 'vitest'
import { formatSeconds, parseDuration } from './duration'

describe('parseDuration', () => {
  it.each([
    ['90', 90],
    ['5 min', 300],
    ['1h30min', 5_400],
    ['1 h 30 min', 5_400],
    ['0,5 s', 0.5],
    ['2 Days', 172_800],
    ['1 week', 604_800],
    ['250 ms', 0.25],
    ['0', 0],
  ])('%s is %d s', (text, seconds) => expect(parseDuration(text)).toBe(seconds))

  it.each(['', 'soon', '5 parsecs', '1 h 30', '-5', '5 min!', '1e3'])('%s is none', (text) =>
    expect(parseDuration(text)).toBeUndefined(),
  )
})

it('writes a duration so that it reads the same', () => {
  expect([300, 5_400, 90.5, 0, 0.1, 90_061].map(formatSeconds)).toEqual([
    '5 min',
    '1 h 30 min',
    '1 min 30.5 s',
    '0 s',
    '0.1 s',
    '1 d 1 h 1 min 1 s',
  ])
  for (const seconds of [0.1, 1, 59.9, 3_600, 604_800]) {
    expect(parseDuration(formatSeconds(seconds))).toBe(seconds)
  }
})
