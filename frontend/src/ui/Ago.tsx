import { formatAgo } from './format'
import { useNow } from './useNow'

/** A moment, told relative to now; the exact time is in the tooltip. */
export function Ago({ at }: { at: string }) {
  const now = useNow()
  const moment = new Date(at)
  return (
    <time dateTime={at} title={moment.toLocaleString()}>
      {formatAgo(Math.max(0, now - moment.getTime()))}
    </time>
  )
}
