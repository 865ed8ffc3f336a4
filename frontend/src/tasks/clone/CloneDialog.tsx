import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { CloneTaskDocument, type TaskDetailFragment } from '../../gql/graphql'
import { useIdempotency } from '../../graphql/idempotency'
import { problemAt, problemsOutside } from '../../graphql/problems'
import { request } from '../../graphql/request'
import { useSubmit } from '../../graphql/useSubmit'
import { Button } from '../../ui/Button'
import { Choice } from '../../ui/Choice'
import { Dialog } from '../../ui/Dialog'
import { Field } from '../../ui/Field'
import { formatCount } from '../../ui/format'
import { ProblemList } from '../../ui/ProblemList'
import { toast } from '../../ui/toast'
import { type Beginning, beginnings, cloneInput } from './beginning'
import styles from './CloneDialog.module.css'

const placed = ['name', 'withResults']

interface CloneDialogProps {
  task: TaskDetailFragment
  onClose: () => void
}

/** Makes another task like this one, and leads to it. */
export function CloneDialog({ task, onClose }: CloneDialogProps) {
  const navigate = useNavigate()
  const offered = beginnings(task)
  const [name, setName] = useState(`${task.name}, again`)
  const [beginning, setBeginning] = useState<Beginning>(offered[0] ?? 'anew')
  const { keyed } = useIdempotency()
  const { problems, busy, submit } = useSubmit()

  const clone = () =>
    void submit(async () => {
      const input = keyed(cloneInput(task.id, name, beginning))
      const { cloneTask } = await request(CloneTaskDocument, { input })
      onClose()
      toast('good', `“${cloneTask.task.name}” created.`)
      await navigate({ to: '/tasks/$taskId', params: { taskId: cloneTask.task.id } })
    })
  const results = formatCount(task.trialCounts.completed)
  return (
    <Dialog
      title={`Clone “${task.name}”`}
      onClose={onClose}
      onSubmit={clone}
      testId="clone"
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={busy}>
            Clone
          </Button>
        </>
      }
    >
      <p className={styles.note}>
        A new task with the same parameters, objectives, strategy, rules, tags, parent and given points. Its
        trials are its own, and it is yet to be started.
      </p>
      <Field label="Name" error={problemAt(problems, 'name')}>
        {(parts) => (
          <input {...parts} data-autofocus value={name} onChange={(event) => setName(event.target.value)} />
        )}
      </Field>
      <Choice
        label="It begins"
        value={beginning}
        onChange={setBeginning}
        options={offered.map((one) => [one, ...words[one](results)])}
      />
      <ProblemList
        problems={[problemAt(problems, 'withResults') ?? [], problemsOutside(problems, placed)].flat()}
      />
    </Dialog>
  )
}

const words: Readonly<Record<Beginning, (results: string) => readonly [label: string, meaning: string]>> = {
  results: (results) => [
    'With the results of this one',
    `Its strategy learns from the ${results} that there are, which count for less than its own.`,
  ],
  anew: () => ['Anew', 'With a seed of its own: it tries other points.'],
  same: () => [
    'As this one did',
    'With the same seed: it proposes the same points, as long as the results are the same.',
  ],
}
