import { expect, it } from 'vitest'
import { askedAgainAfter } from './timed'

it('asks less often for what takes long, but not never', () => {
  const took = (tookMs: number) => ({ answer: null, tookMs })
  expect(askedAgainAfter(5_000, undefined)).toBe(5_000)
  expect(askedAgainAfter(5_000, took(30))).toBe(5_000)
  expect(askedAgainAfter(5_000, took(800))).toBe(16_000)
  expect(askedAgainAfter(5_000, took(20_000))).toBe(60_000)
})
