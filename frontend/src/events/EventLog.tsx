import { Link } from '@tanstack/react-router'
import type { EventParts } from '../trials/trial'
import { Ago } from '../ui/Ago'
import { Button } from '../ui/Button'
import { Card } from '../ui/Card'
import styles from './EventLog.module.css'
import { details, sentence, tone } from './sentence'
import type { TaskEventLog } from './useTaskEventLog'

export function EventLog({ log }: { log: TaskEventLog }) {
  return (
    <Card title="Events" flush testId="event-log">
      <ol className={styles.list}>
        {log.events.map((event) => (
          <EventItem key={event.sequence} event={event} />
        ))}
        {log.loadOlder && (
          <li className={styles.older}>
            <Button small variant="quiet" onClick={() => void log.loadOlder?.()}>
              Older events
            </Button>
          </li>
        )}
      </ol>
    </Card>
  )
}

function EventItem({ event }: { event: EventParts }) {
  return (
    <li className={styles.event} data-tone={tone(event)}>
      <div className={styles.text}>
        <Sentence event={event} />
        {details(event).map((line) => (
          <div key={line} className={styles.detail}>
            {line}
          </div>
        ))}
      </div>
      <div className={styles.meta}>
        {event.actor} · <Ago at={event.at} />
      </div>
    </li>
  )
}

/** The sentence, with a way to the trial that it is about. */
function Sentence({ event }: { event: EventParts }) {
  const text = sentence(event)
  if (!('trialNumber' in event)) return <>{text}</>
  const name = `Trial ${event.trialNumber}`
  return (
    <>
      <Link from="/tasks/$taskId" to="." search={{ trial: event.trialNumber }} resetScroll={false}>
        {name}
      </Link>
      {text.slice(name.length)}
    </>
  )
}
