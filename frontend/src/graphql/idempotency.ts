import { useCallback, useRef } from 'react'

/** A name for one intended change, by which the server knows it again. */
export function newKey(): string {
  // `crypto.randomUUID` is missing where the page comes over plain HTTP from another machine.
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join('-')
}

/**
 * Gives an input its key. As long as the input stays the same, so does the key: a person who presses the button again
 * because no answer came changes nothing twice. `renew` begins the next change.
 */
export function useIdempotency(): {
  keyed: <Input extends object>(input: Input) => Input & { idempotencyKey: string }
  renew: () => void
} {
  const keys = useRef(new Map<string, string>())
  const keyed = useCallback(<Input extends object>(input: Input) => {
    const text = JSON.stringify(input)
    const idempotencyKey = keys.current.get(text) ?? newKey()
    keys.current.set(text, idempotencyKey)
    return { ...input, idempotencyKey }
  }, [])
  const renew = useCallback(() => keys.current.clear(), [])
  return { keyed, renew }
}
