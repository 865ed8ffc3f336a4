import { useState } from 'react'
import { CorrectTrialDocument, type TaskDetailFragment } from '../../gql/graphql'
import { useIdempotency } from '../../graphql/idempotency'
import { problemAt, problemsOutside } from '../../graphql/problems'
import { request } from '../../graphql/request'
import { useSubmit } from '../../graphql/useSubmit'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { Field } from '../../ui/Field'
import { ProblemList } from '../../ui/ProblemList'
import { toast } from '../../ui/toast'
import type { Trial } from '../trial'
import styles from './Hands.module.css'
import { MeasuredFields } from './MeasuredFields'
import { measuredValues } from './tellForm'

interface CorrectDialogProps {
  task: TaskDetailFragment
  trial: Trial
  onClose: () => void
}

/** Puts other values in place of those that were told by mistake. */
export function CorrectDialog({ task, trial, onClose }: CorrectDialogProps) {
  const [draft, setDraft] = useState(() => ({
    values: asTexts(trial.values),
    deviations: asTexts(trial.deviations),
  }))
  const [reason, setReason] = useState('')
  const { problems, setProblems, busy, submit } = useSubmit()
  const { keyed } = useIdempotency()

  const correct = () => {
    const found = new Map<string, string>()
    const values = measuredValues(task, draft.values, draft.deviations, 'values', found)
    if (reason.trim() === '') found.set('reason', 'Say why, for whoever wonders later.')
    if (found.size > 0) return setProblems(found)
    void submit(async () => {
      await request(CorrectTrialDocument, {
        input: keyed({ trialId: `${task.id}:${trial.number}`, values, reason: reason.trim() }),
      })
      toast('good', `Trial ${trial.number} corrected. The old values are kept in its history.`)
      onClose()
    })
  }
  const whole = problems.get('values')

  return (
    <Dialog
      title={`Correct trial ${trial.number}`}
      onClose={onClose}
      onSubmit={correct}
      testId="correct"
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={busy}>
            Correct
          </Button>
        </>
      }
    >
      <p className={styles.note}>The values as they were are kept with the trial.</p>
      <MeasuredFields
        objectives={task.objectives}
        {...draft}
        path="values"
        problems={problems}
        onChange={(part) => setDraft((known) => ({ ...known, ...part }))}
      />
      <Field label="Reason" error={problemAt(problems, 'reason')}>
        {(parts) => <input {...parts} value={reason} onChange={(event) => setReason(event.target.value)} />}
      </Field>
      <ProblemList
        problems={[...(whole ? [whole] : []), ...problemsOutside(problems, ['values', 'reason'])]}
      />
    </Dialog>
  )
}

function asTexts(numbers: ReadonlyMap<string, number>): Record<string, string> {
  return Object.fromEntries([...numbers].map(([name, value]) => [name, String(value)]))
}
