import { useCallback, useEffect, useEffectEvent, useRef } from 'react'

const retryMs = 2_000

/**
 * Gathers items for a moment and hands each once to `run`; one run at a time, and what comes meanwhile goes into
 * the next. Items of a run that failed are tried again.
 */
export function useGathered<Item>(
  waitMs: number,
  run: (items: readonly Item[]) => Promise<void>,
): (items: readonly Item[]) => void {
  const gathered = useRef(new Set<Item>())
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const busy = useRef(false)
  const perform = useEffectEvent(run)

  const work = useEffectEvent(async () => {
    timer.current = undefined
    if (busy.current || gathered.current.size === 0) return
    busy.current = true
    const items = [...gathered.current]
    gathered.current.clear()
    let again = waitMs
    try {
      await perform(items)
    } catch {
      for (const item of items) gathered.current.add(item)
      again = retryMs
    }
    busy.current = false
    if (gathered.current.size > 0) timer.current ??= setTimeout(() => void work(), again)
  })

  const start = useRef<() => void>(() => {})
  useEffect(() => {
    const pending = gathered.current
    start.current = () => {
      timer.current ??= setTimeout(() => void work(), waitMs)
    }
    return () => {
      clearTimeout(timer.current)
      timer.current = undefined
      pending.clear()
    }
  }, [waitMs])

  return useCallback((items) => {
    for (const item of items) gathered.current.add(item)
    start.current()
  }, [])
}
