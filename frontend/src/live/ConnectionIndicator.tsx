import { useEffect, useState } from 'react'
import styles from './ConnectionIndicator.module.css'
import { type ConnectionStatus, useConnectionStatus } from './status'

type State = ConnectionStatus['state']

const explanations: Readonly<Record<State, string>> = {
  idle: 'This page does not follow the event log.',
  connecting: 'Opening the connection to the server.',
  'catching-up': 'Reading the events since this page last heard from the server.',
  live: 'Changes show here as they happen.',
  reconnecting:
    'The server cannot be reached. What is shown may be old; nothing will be missed once it is back.',
}

const caughtUpShownMs = 6_000

/** In the header: whether what is shown is live. */
export function ConnectionIndicator() {
  const status = useConnectionStatus()
  const label = useLabel(status)
  if (status.state === 'idle') return null
  return (
    <span
      className={styles.indicator}
      data-state={status.state}
      data-testid="connection"
      role="status"
      title={explanations[status.state]}
    >
      <span className={styles.dot} aria-hidden="true" />
      {label}
    </span>
  )
}

function useLabel(status: ConnectionStatus): string {
  const [told, setTold] = useState<ConnectionStatus>()
  useEffect(() => {
    if (status.state !== 'live') return
    const timer = setTimeout(() => setTold(status), caughtUpShownMs)
    return () => clearTimeout(timer)
  }, [status])

  switch (status.state) {
    case 'idle':
      return ''
    case 'connecting':
      return 'Connecting…'
    case 'catching-up':
      return `Catching up: ${countEvents(status.events)}`
    case 'live':
      return status.caughtUp > 0 && told !== status
        ? `Live · caught up ${countEvents(status.caughtUp)}`
        : 'Live'
    case 'reconnecting':
      return 'Reconnecting…'
  }
}

function countEvents(count: number): string {
  return count === 1 ? '1 event' : `${count.toLocaleString('en')} events`
}
