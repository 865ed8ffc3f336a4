import { describe, expect, it } from 'vitest'
import { formatCountdown, leaseLook, leaseText, leaseUntil } from './lease'

const start = Date.parse('2026-01-01T00:00:00Z')
const lease = leaseUntil(3, 'ana', '2026-01-01T00:05:00Z', start)
const after = (seconds: number) => start + seconds * 1_000

describe('a lease', () => {
  it('warns in its last fifth', () => {
    expect([0, 239, 241, 299, 300].map((seconds) => leaseLook(lease, after(seconds)))).toEqual([
      'held',
      'held',
      'ending',
      'ending',
      'expired',
    ])
  })

  it('warns no longer than an hour, however long it is', () => {
    const week = leaseUntil(1, null, '2026-01-08T00:00:00Z', start)
    expect(week.expiresAt - week.warnAt).toBe(3_600_000)
  })

  it('warns in time also where only its end was seen', () => {
    const seenLate = leaseUntil(1, null, '2026-01-01T00:05:00Z', after(290), start)
    expect(leaseLook(seenLate, after(290))).toBe('ending')
    // An evaluation of hours, with leases of minutes: seen when it was just renewed, there is no hurry.
    const renewed = leaseUntil(1, null, '2026-01-01T05:05:00Z', after(18_000), start)
    expect(renewed.expiresAt - renewed.warnAt).toBe(60_000)
    const halfSecond = leaseUntil(1, null, '2026-01-01T00:00:00.500Z', start)
    expect(halfSecond.expiresAt - halfSecond.warnAt).toBe(100)
  })

  it('counts down in whole seconds, and says since when it is over', () => {
    expect(
      [0, 0.4, 60, 295, 299.2, 300, 304, 390].map((seconds) => leaseText(lease, after(seconds))),
    ).toEqual([
      '5 min left',
      '5 min left',
      '4 min left',
      '5 s left',
      '1 s left',
      'expired 0 s ago',
      'expired 4 s ago',
      'expired 1 min 30 s ago',
    ])
  })
})

it('counts down in the two largest units', () => {
  expect([0, 500, 9_000, 61_000, 3_723_000, 90_061_000].map(formatCountdown)).toEqual([
    '0 s',
    '1 s',
    '9 s',
    '1 min 1 s',
    '1 h 2 min',
    '1 d 1 h',
  ])
})
