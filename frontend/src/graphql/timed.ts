/** An answer with how long it took. */
export interface Timed<Answer> {
  readonly answer: Answer
  readonly tookMs: number
}

export async function timed<Answer>(work: Promise<Answer>): Promise<Timed<Answer>> {
  const begin = performance.now()
  const answer = await work
  return { answer, tookMs: performance.now() - begin }
}

const restFactor = 20
const longestRestMs = 60_000

/** When to ask again: what takes the server long is asked for less often. */
export function askedAgainAfter(leastMs: number, last: Timed<unknown> | undefined): number {
  return Math.max(leastMs, Math.min(longestRestMs, restFactor * (last?.tookMs ?? 0)))
}
