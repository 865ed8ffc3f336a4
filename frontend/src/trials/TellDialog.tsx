import { useState } from 'react'
import { type TaskDetailFragment, TellTrialDocument } from '../gql/graphql'
import { request } from '../graphql/request'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { Field } from '../ui/Field'
import { formatValue } from '../ui/format'
import { Segments } from '../ui/Segments'
import { toast, toastFailure } from '../ui/toast'
import { parseNumber } from './pointForm'
import styles from './TellDialog.module.css'
import type { Trial } from './trial'

type Outcome = 'values' | 'failure'

const outcomeLabels: Readonly<Record<Outcome, string>> = { values: 'Measured', failure: 'Failed' }

/** Tells a running trial's outcome by hand. */
export function TellDialog({
  task,
  trial,
  onClose,
}: {
  task: TaskDetailFragment
  trial: Trial
  onClose: () => void
}) {
  const [outcome, setOutcome] = useState<Outcome>('values')
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>({})
  const [reason, setReason] = useState('')
  const [problems, setProblems] = useState<ReadonlySet<string>>(new Set())

  const tell = async () => {
    const values = task.objectives.map(({ name }) => ({
      objective: name,
      value: parseNumber(texts[name] ?? ''),
    }))
    const wrong = values.filter(({ value }) => value === undefined).map(({ objective }) => objective)
    if (outcome === 'values' && wrong.length > 0) {
      setProblems(new Set(wrong))
      return
    }
    const complete = values.flatMap(({ objective, value }) =>
      value === undefined ? [] : [{ objective, value }],
    )
    try {
      await request(TellTrialDocument, {
        input: {
          trialId: `${task.id}:${trial.number}`,
          outcome:
            outcome === 'values'
              ? { values: complete }
              : { failure: { reason: reason.trim() || 'Told by hand' } },
        },
      })
      toast('good', `Trial ${trial.number}: result recorded.`)
      onClose()
    } catch (thrown) {
      toastFailure(thrown)
    }
  }

  return (
    <Dialog
      title={`Tell the result of trial ${trial.number}`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" onClick={() => void tell()}>
            Tell result
          </Button>
        </>
      }
    >
      <p className={styles.point}>
        {Object.entries(trial.point ?? {})
          .map(([name, value]) => `${name} = ${formatValue(value)}`)
          .join(', ')}
      </p>
      <Segments label="Outcome" options={outcomeLabels} value={outcome} onChange={setOutcome} />
      {outcome === 'values' ? (
        task.objectives.map(({ name }) => (
          <Field
            key={name}
            label={name}
            error={problems.has(name) ? 'Enter the measured number.' : undefined}
          >
            {(parts) => (
              <input
                {...parts}
                inputMode="decimal"
                value={texts[name] ?? ''}
                onChange={(event) => setTexts({ ...texts, [name]: event.target.value })}
              />
            )}
          </Field>
        ))
      ) : (
        <Field label="What went wrong">
          {(parts) => <input {...parts} value={reason} onChange={(event) => setReason(event.target.value)} />}
        </Field>
      )}
    </Dialog>
  )
}
