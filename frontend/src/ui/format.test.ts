import { describe, expect, it } from 'vitest'
import { formatAgo, formatDuration, formatExpected, formatMeasured, formatNumber } from './format'

describe('formatNumber', () => {
  it.each([
    [0, '0'],
    [31.2, '31.2'],
    [-1234.5678, '−1234.6'],
    [8_373_700, '8,373,700'],
    [0.00001, '1e−5'],
    [-2.5e-7, '−2.5e−7'],
    [1.23456e12, '1.235e12'],
  ])('%d is %s', (value, text) => expect(formatNumber(value)).toBe(text))
})

describe('formatDuration', () => {
  it.each([
    [40, '40 ms'],
    [1_540, '1.5 s'],
    [75_000, '1 min 15 s'],
    [7_200_000, '2 h'],
    [2 * 86_400_000 + 3_600_000 * 5 + 60_000, '2 d 5 h'],
  ])('%d is %s', (value, text) => expect(formatDuration(value)).toBe(text))
})

describe('formatAgo', () => {
  it.each([
    [1_000, 'just now'],
    [61_000, '1 min ago'],
    [86_400_000 * 3, '3 d ago'],
  ])('%d is %s', (value, text) => expect(formatAgo(value)).toBe(text))
})

it('tells how sure a value is', () => {
  expect(formatMeasured(3.2, 0.04)).toBe('3.2 ± 0.04')
  expect(formatMeasured(3.2, 0)).toBe('3.2 ± 0')
  expect(formatMeasured(3.2, null)).toBe('3.2')
})

it('tells what is expected in as many digits as make sense', () => {
  expect(formatExpected(90.8213, 1.2055)).toBe('90.8 ± 1.2')
  expect(formatExpected(1234.56, 340)).toBe('1235 ± 340')
  expect(formatExpected(0.000123456, 0.0000021)).toBe('0.0001235 ± 2.1e−6')
  expect(formatExpected(5, 0)).toBe('5')
})
