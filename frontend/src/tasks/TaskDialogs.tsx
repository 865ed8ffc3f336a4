import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type OfChildren, type TaskStatus, TasksBelowDocument, type TasksBelowQuery } from '../gql/graphql'
import { explain } from '../graphql/errors'
import { request } from '../graphql/request'
import { Button } from '../ui/Button'
import { Choice } from '../ui/Choice'
import { Dialog } from '../ui/Dialog'
import { Field } from '../ui/Field'
import { needsReason, transitionVerb, transitionWords } from './status'
import { statusesText, tasksText } from './tree/words'

/** Which tasks an action is meant for. */
export type Scope = 'task' | 'subtree'

interface TransitionDialogProps {
  taskId: string
  name: string
  from: TaskStatus
  to: TaskStatus
  /** Whether the task alone may be meant; else it is all that is below it, too. */
  alone: boolean
  onClose: () => void
  onConfirm: (reason: string, scope: Scope) => void
}

export function TransitionDialog({
  taskId,
  name,
  from,
  to,
  alone,
  onClose,
  onConfirm,
}: TransitionDialogProps) {
  const [reason, setReason] = useState('')
  const [scope, setScope] = useState<Scope>(alone ? 'task' : 'subtree')
  const { below } = useBelow(taskId)
  const verb = alone ? transitionVerb(from, to) : to === 'RUNNING' ? 'Resume' : transitionWords[to].verb
  const required = alone && needsReason(from, to)
  const [missing, setMissing] = useState(false)
  const confirm = () => {
    if (required && reason.trim() === '') return setMissing(true)
    onConfirm(reason.trim(), scope)
  }
  // A subtree is resumed after a pause of it: nothing of it is started or resumed otherwise.
  const offersSubtree = to !== 'RUNNING' || from === 'PAUSED'
  return (
    <Dialog
      title={alone ? `${verb} “${name}”?` : `${verb} “${name}” and all below it?`}
      onClose={onClose}
      onSubmit={confirm}
      testId="transition"
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary">
            {verb}
          </Button>
        </>
      }
    >
      <p>{transitionWords[to].meaning}</p>
      {alone && offersSubtree && below && below.ofAllBelow.taskCount > 0 && (
        <Choice
          label="Which tasks"
          value={scope}
          onChange={setScope}
          options={[
            ['task', 'This task alone', 'Its parts stay as they are.'],
            ['subtree', `And the ${tasksText(below.ofAllBelow.taskCount)} below it`, belowText(below, to)],
          ]}
        />
      )}
      {!alone && below && <p>{belowText(below, to)}</p>}
      <Field
        label="Reason"
        optional={!required}
        hint="Kept in the history."
        error={missing && reason.trim() === '' ? 'Say why it goes on, for whoever wonders later.' : undefined}
      >
        {(parts) => (
          <input
            {...parts}
            data-autofocus
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        )}
      </Field>
    </Dialog>
  )
}

function belowText({ ofAllBelow: { statuses } }: Below, to: TaskStatus): string {
  const rest =
    to === 'RUNNING'
      ? 'Those that a pause of all below has stopped are resumed; the others stay as they are.'
      : 'Those that may not change so stay as they are.'
  return `${statusesText(statuses)}. ${rest}`
}

interface DeleteDialogProps {
  taskId: string
  name: string
  onClose: () => void
  onConfirm: (children: OfChildren, reason: string) => Promise<void>
}

/** Asks before a task is deleted, and what is to become of its children, if it has some. */
export function DeleteDialog({ taskId, name, onClose, onConfirm }: DeleteDialogProps) {
  const [reason, setReason] = useState('')
  const [chosen, setChosen] = useState<OfChildren>()
  const [busy, setBusy] = useState(false)
  const { below, error, refresh } = useBelow(taskId)
  const children = below?.ofChildren.taskCount ?? 0
  // Should children have come meanwhile, the server refuses.
  const ofChildren = children > 0 ? chosen : 'REFUSE'
  return (
    <Dialog
      title={`Delete “${name}”?`}
      onClose={onClose}
      testId="delete"
      onSubmit={async () => {
        if (ofChildren === undefined || busy) return
        setBusy(true)
        await onConfirm(ofChildren, reason.trim())
        setBusy(false)
        refresh()
      }}
      actions={
        <>
          <Button data-autofocus onClick={onClose}>
            {children > 0 ? 'Do not delete' : 'Cancel'}
          </Button>
          <Button type="submit" variant="danger" disabled={busy || !below || ofChildren === undefined}>
            Delete task
          </Button>
        </>
      }
    >
      <p>
        The task and its trials disappear from lists and workers can no longer use it. You can restore it
        later.
      </p>
      {error && <p role="alert">{explain(error)}</p>}
      {below && children > 0 && (
        <Choice
          label={
            children === 1
              ? 'It has a part. What becomes of it?'
              : `It has ${children} parts. What becomes of them?`
          }
          value={chosen}
          onChange={setChosen}
          options={[
            [
              'CASCADE',
              'Delete everything below it, too',
              `${tasksText(below.ofAllBelow.taskCount)}: ${statusesText(below.ofAllBelow.statuses)}.`,
            ],
            [
              'LIFT',
              children === 1 ? 'Keep it one level up' : 'Keep them one level up',
              'Below the parent of this task, with what is below.',
            ],
            ['ORPHAN', children === 1 ? 'Keep it' : 'Keep them', 'Without a parent, and with what is below.'],
          ]}
        />
      )}
      <Field label="Reason" optional hint="Kept in the history.">
        {(parts) => <input {...parts} value={reason} onChange={(event) => setReason(event.target.value)} />}
      </Field>
    </Dialog>
  )
}

type Below = NonNullable<TasksBelowQuery['task']>

/** What lies below a task when it is asked what shall become of it. */
function useBelow(taskId: string) {
  const { data, error, refetch } = useQuery({
    queryKey: ['below', taskId],
    queryFn: async ({ signal }) => (await request(TasksBelowDocument, { id: taskId }, signal)).task,
    gcTime: 0,
  })
  return { below: data ?? undefined, error, refresh: () => void refetch() }
}
