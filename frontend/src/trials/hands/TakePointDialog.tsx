import { useState } from 'react'
import { rememberMyName, useMyName } from '../../app/me'
import { TakePointDocument, type TaskDetailFragment } from '../../gql/graphql'
import { useIdempotency } from '../../graphql/idempotency'
import { problemAt, problemsOutside } from '../../graphql/problems'
import { request } from '../../graphql/request'
import { useSubmit } from '../../graphql/useSubmit'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { Field } from '../../ui/Field'
import { ProblemList } from '../../ui/ProblemList'
import { Segments } from '../../ui/Segments'
import { useNow } from '../../ui/useNow'
import { leaseText } from '../lease'
import { PointList } from '../PointList'
import type { Trial } from '../trial'
import type { TrialStore } from '../trialStore'
import { useTrials } from '../useTrials'
import styles from './Hands.module.css'
import { type LeaseTime, leaseTimeLabels, leaseTimes } from './leaseTimes'

interface TakePointDialogProps {
  task: TaskDetailFragment
  store: TrialStore
  onTell: (trial: Trial) => void
  onClose: () => void
}

/** Asks for a point as a worker does, under the person's name and for as long as a person needs. */
export function TakePointDialog({ task, store, onTell, onClose }: TakePointDialogProps) {
  const [name, setName] = useState(useMyName())
  const [time, setTime] = useState<LeaseTime>('1 day')
  const [taken, setTaken] = useState<number>()
  const [nothing, setNothing] = useState<string>()
  const { problems, setProblems, busy, submit } = useSubmit()
  const { keyed, renew } = useIdempotency()
  useTrials(store)
  const trial = taken === undefined ? undefined : store.find(taken)

  const take = () => {
    const worker = name.trim()
    if (worker === '')
      return setProblems(new Map([['worker', 'Enter your name: it is shown with the trial.']]))
    void submit(async () => {
      setNothing(undefined)
      // Before it is sent: the request says who asks.
      rememberMyName(worker)
      const sequence = store.sequence
      const { ask } = await request(TakePointDocument, {
        input: keyed({ taskId: task.id, count: 1, worker, leaseSeconds: leaseTimes[time] }),
      })
      renew()
      const [row] = ask.trials
      if (!row) {
        setNothing(ask.task?.whyWaiting?.message ?? 'There is no point to hand out now.')
        return
      }
      store.addRows([row], sequence)
      setTaken(row.number)
    })
  }

  if (trial) return <Taken trial={trial} onTell={() => onTell(trial)} onClose={onClose} />
  return (
    <Dialog
      title="Take a point"
      onClose={onClose}
      onSubmit={take}
      testId="take-point"
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={busy}>
            Take
          </Button>
        </>
      }
    >
      <p className={styles.note}>
        You are the worker: the next point is kept for you until you tell the result, give it back, or the
        time is over.
      </p>
      <Field label="Your name" error={problemAt(problems, 'worker')}>
        {(parts) => (
          <input
            {...parts}
            data-autofocus
            autoComplete="nickname"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      <div>
        <p className={styles.meaning}>Keep it for</p>
        <Segments label="Keep it for" options={leaseTimeLabels} value={time} onChange={setTime} />
      </div>
      {nothing !== undefined && (
        <p className={styles.note} data-tone="warn" role="status">
          No point for you now: {nothing}
        </p>
      )}
      <ProblemList problems={problemsOutside(problems, ['worker'])} />
    </Dialog>
  )
}

function Taken({ trial, onTell, onClose }: { trial: Trial; onTell: () => void; onClose: () => void }) {
  const now = useNow()
  return (
    <Dialog
      title={`Trial ${trial.number} is yours`}
      onClose={onClose}
      testId="taken-point"
      actions={
        <>
          <Button onClick={onClose}>Close</Button>
          <Button variant="primary" onClick={onTell}>
            Tell result…
          </Button>
        </>
      }
    >
      <PointList point={trial.point ?? {}} />
      <p className={styles.note}>
        {trial.lease ? `${leaseText(trial.lease, now)}. ` : ''}You find it under “Your points”, also after
        closing the page.
      </p>
    </Dialog>
  )
}
