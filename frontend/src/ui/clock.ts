/** Differences below this are the header's resolution and the way, not a wrong clock. */
const tolerableMs = 2_000

let aheadMs = 0

/**
 * Learns from the `Date` header of an answer how far the server's clock is ahead of this computer's: leases and
 * deadlines are moments of the server's clock.
 */
export function noteServerDate(header: string | null, sentAt: number, receivedAt: number): void {
  const seconds = header === null ? Number.NaN : Date.parse(header)
  if (Number.isNaN(seconds)) return
  // The header has no fraction: on average the half of a second has passed.
  const ahead = seconds + 500 - (sentAt + receivedAt) / 2
  aheadMs = Math.abs(ahead) > tolerableMs ? ahead : 0
}

/** The time by the server's clock, as far as it is known. */
export function serverNow(): number {
  return Date.now() + aheadMs
}
