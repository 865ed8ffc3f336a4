import { useState } from 'react'
import { ReleaseTaskDocument, type TaskDetailFragment, type TaskQueueQuery } from '../../gql/graphql'
import { useIdempotency } from '../../graphql/idempotency'
import { request } from '../../graphql/request'
import { ReasonDialog } from '../../trials/hands/ReasonDialog'
import { formatCountdown } from '../../trials/lease'
import { Button } from '../../ui/Button'
import { Card } from '../../ui/Card'
import { EditableText } from '../../ui/EditableText'
import { formatNumber } from '../../ui/format'
import { Tag } from '../../ui/Tag'
import { toast } from '../../ui/toast'
import { useNow } from '../../ui/useNow'
import { EditSettings } from '../settings/EditSettings'
import { parsePriority } from '../settings/toSettings'
import { waitingLabels } from '../settings/words'
import styles from './QueueCard.module.css'
import { queueText } from './queue'

export type Queue = NonNullable<TaskQueueQuery['task']>

interface QueueCardProps {
  task: TaskDetailFragment
  queue: Queue | undefined
  /** Saves a change of the task as it was at this version; true when it was saved. */
  save: (change: { priority: number }, version: number) => Promise<boolean>
  onSaved: (task: TaskDetailFragment) => void
}

/** Where the task stands among the others, and what it waits for. */
export function QueueCard({ task, queue, save, onSaved }: QueueCardProps) {
  return (
    <Card title="Queue" testId="queue" extra={<EditSettings task={task} part="queue" onSaved={onSaved} />}>
      {queue && <Waiting queue={queue} />}
      <dl className={styles.facts}>
        <dt>Priority</dt>
        <dd>
          <EditableText
            label="priority"
            value={String(task.priority)}
            version={task.version}
            onSave={async (text, version) => {
              const priority = parsePriority(text)
              if (priority === undefined) {
                toast('bad', 'The priority is a whole number from −1,000,000 to 1,000,000.')
                return false
              }
              return save({ priority }, version)
            }}
          >
            <span data-testid="priority">{formatNumber(task.priority)}</span>
          </EditableText>
        </dd>
        <dt>Owner</dt>
        <dd>{task.owner}</dd>
        {task.labels.length > 0 && (
          <>
            <dt>Labels</dt>
            <dd className={styles.labels}>
              {task.labels.map((label) => (
                <Tag
                  key={label}
                  title="A worker must be able to do this to get trials of this task from the queue."
                >
                  {label}
                </Tag>
              ))}
            </dd>
          </>
        )}
        {queue?.claim && <Claim taskId={task.id} claim={queue.claim} />}
      </dl>
    </Card>
  )
}

function Waiting({ queue }: { queue: Queue }) {
  const text = queueText(queue)
  return (
    <div className={styles.waiting} data-testid="why-waiting" data-reason={queue.whyWaiting?.reason}>
      <p className={styles.place}>{text.place}</p>
      {queue.whyWaiting && (
        <p>
          <b>{waitingLabels[queue.whyWaiting.reason]}.</b> {text.why}
          {queue.whyWaiting.until !== null && <Until at={queue.whyWaiting.until} />}
        </p>
      )}
    </div>
  )
}

function Until({ at }: { at: string }) {
  const left = Date.parse(at) - useNow()
  return left > 0 ? <span className={styles.until}> {formatCountdown(left)} to go.</span> : null
}

function Claim({ taskId, claim }: { taskId: string; claim: NonNullable<Queue['claim']> }) {
  const left = Date.parse(claim.expiresAt) - useNow()
  const [releasing, setReleasing] = useState(false)
  const { keyed } = useIdempotency()
  return (
    <>
      <dt>Claimed by</dt>
      <dd data-testid="claim">
        {claim.runner}
        <span className={styles.until} title={new Date(claim.expiresAt).toLocaleString()}>
          {left > 0 ? `, for ${formatCountdown(left)} unless renewed` : ', the claim has expired'}
        </span>{' '}
        <Button small onClick={() => setReleasing(true)}>
          Take back…
        </Button>
        {releasing && (
          <ReasonDialog
            title={`Take the task from ${claim.runner}?`}
            verb="Take back"
            required={false}
            onClose={() => setReleasing(false)}
            onConfirm={async (reason) => {
              await request(ReleaseTaskDocument, {
                input: keyed({ taskId, token: claim.token, reason: reason ?? null }),
              })
              toast(
                'good',
                `${claim.runner} no longer has the task. It is paused, and another runner may take it.`,
              )
            }}
          >
            <p>The runner learns that its claim is lost. The task is paused until another runner takes it.</p>
          </ReasonDialog>
        )}
      </dd>
    </>
  )
}
