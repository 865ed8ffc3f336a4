import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { noteServerDate, serverNow } from './clock'

const now = Date.parse('2026-03-01T12:00:00Z')

beforeEach(() => {
  vi.useFakeTimers()
  vi.setSystemTime(now)
})
afterEach(() => void vi.useRealTimers())

it('follows a server whose clock is another', () => {
  noteServerDate('Sun, 01 Mar 2026 12:05:00 GMT', now - 100, now + 100)
  expect(serverNow()).toBe(now + 300_500)
})

it('takes small differences and unreadable headers for no difference', () => {
  noteServerDate('Sun, 01 Mar 2026 12:00:01 GMT', now, now)
  expect(serverNow()).toBe(now)
  noteServerDate(null, now, now)
  noteServerDate('soon', now, now)
  expect(serverNow()).toBe(now)
})
