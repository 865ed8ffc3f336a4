import { expect, it } from 'vitest'
import { leaseUntil } from './lease'
import { trialWith } from './testTrials'
import { isDue } from './useFreshRows'

const start = Date.parse('2026-01-01T00:00:00Z')

it('reads what is known in part, but not every second', () => {
  const partial = trialWith(1, { partial: true })
  expect(isDue(partial, start, undefined)).toBe(true)
  expect(isDue(partial, start + 1_000, start)).toBe(false)
  expect(isDue(partial, start + 2_000, start)).toBe(true)
  expect(isDue(trialWith(1), start, undefined)).toBe(false)
  expect(isDue(undefined, start, undefined)).toBe(false)
})

it('asks whether a lease was renewed when it seems to end, the longer it is the less often', () => {
  const short = trialWith(1, { state: 'RUNNING', lease: leaseUntil(1, 'a', '2026-01-01T00:05:00Z', start) })
  expect(isDue(short, start + 200_000, undefined)).toBe(false)
  expect(isDue(short, start + 241_000, undefined)).toBe(true)
  const day = trialWith(1, { state: 'RUNNING', lease: leaseUntil(1, 'a', '2026-01-02T00:00:00Z', start) })
  const lastHour = start + 23 * 3_600_000
  expect(isDue(day, lastHour + 60_000, lastHour)).toBe(false)
  expect(isDue(day, lastHour + 360_000, lastHour)).toBe(true)
})
