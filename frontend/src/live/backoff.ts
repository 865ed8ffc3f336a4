const firstMs = 400
const longestMs = 15_000

/** How long to wait before try number `attempt` (from 0): doubling, capped, with up to a quarter of jitter. */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const base = Math.min(longestMs, firstMs * 2 ** Math.min(attempt, 10))
  return Math.round(base * (1 + random() / 4))
}
