import { expect, it } from 'vitest'
import { backoffMs } from './backoff'

it('doubles up to a limit and spreads clients apart', () => {
  expect([0, 1, 2, 3].map((attempt) => backoffMs(attempt, () => 0))).toEqual([400, 800, 1600, 3200])
  expect(backoffMs(1000, () => 0)).toBe(15_000)
  expect(backoffMs(0, () => 1)).toBe(500)
})
