import { formatDuration, formatElapsed } from '../ui/format'

/** A worker's right to a trial, in milliseconds by the server's clock. */
export interface Lease {
  readonly token: number
  readonly worker: string | undefined
  readonly expiresAt: number
  /** From here on it is nearly over. */
  readonly warnAt: number
}

const warnedPart = 0.2
const longestWarningMs = 3_600_000
/** Of a lease whose beginning the page has not seen, as long as that is not more than its part. */
const sureWarningMs = 30_000

/**
 * `seenAt` is when this end was known first, `startedAt` when the worker got the trial. Renewing a lease makes no event:
 * how long it is lies between the two.
 */
export function leaseUntil(
  token: number,
  worker: string | null,
  expiresAt: string,
  seenAt: number,
  startedAt: number = seenAt,
): Lease {
  const end = Date.parse(expiresAt)
  const part = (since: number) => warnedPart * Math.max(0, end - since)
  const warning = Math.min(longestWarningMs, Math.max(part(seenAt), Math.min(sureWarningMs, part(startedAt))))
  return { token, worker: worker ?? undefined, expiresAt: end, warnAt: end - warning }
}

export type LeaseLook = 'held' | 'ending' | 'expired'

export function leaseLook(lease: Lease, now: number): LeaseLook {
  if (now >= lease.expiresAt) return 'expired'
  return now >= lease.warnAt ? 'ending' : 'held'
}

/** `4 min 12 s left`, `expired 3 s ago`. */
export function leaseText(lease: Lease, now: number): string {
  const left = lease.expiresAt - now
  return left > 0 ? `${formatCountdown(left)} left` : `expired ${formatElapsed(-left)} ago`
}

/** The time until something, in whole seconds, so that it ticks evenly. */
export function formatCountdown(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000))
  return seconds < 10 ? `${seconds} s` : formatDuration(seconds * 1000)
}
