import { expect, it } from 'vitest'
import { surprise } from './surprise'

it('says how a measurement agrees with its prediction', () => {
  const predicted = { mean: 10, deviation: 1 }
  expect([10.9, 8.5, 13.3, 7, 900].map((value) => surprise(value, undefined, predicted))).toEqual([
    'as predicted',
    'a little lower',
    '3.3 deviations higher',
    '3.0 deviations lower',
    'far higher',
  ])
  // An uncertain measurement surprises less.
  expect(surprise(13, 3, predicted)).toBe('as predicted')
  expect(surprise(10, undefined, { mean: 10, deviation: 0 })).toBe('as predicted')
})
