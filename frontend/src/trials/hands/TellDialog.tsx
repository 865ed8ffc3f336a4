import { useState } from 'react'
import { useMyName } from '../../app/me'
import {
  type LateResultPolicy,
  type TaskDetailFragment,
  type TellReceipt,
  TellTrialDocument,
} from '../../gql/graphql'
import { useIdempotency } from '../../graphql/idempotency'
import { problemsOutside } from '../../graphql/problems'
import { request } from '../../graphql/request'
import { useSubmit } from '../../graphql/useSubmit'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { ProblemList } from '../../ui/ProblemList'
import { toast } from '../../ui/toast'
import { PointList } from '../PointList'
import type { Trial } from '../trial'
import type { TrialStore } from '../trialStore'
import { useTrials } from '../useTrials'
import { isHeldBy } from './actions'
import styles from './Hands.module.css'
import { TellFields, tellFieldPaths } from './TellFields'
import { newTell, type TellDraft, toTell } from './tellForm'

interface TellDialogProps {
  task: TaskDetailFragment
  store: TrialStore
  /** As it was when the dialog was opened: its lease is the one that tells. */
  trial: Trial
  onClose: () => void
}

/** Tells what became of a trial: with its lease, if the person has it; else by hand. */
export function TellDialog({ task, store, trial, onClose }: TellDialogProps) {
  const me = useMyName()
  const [draft, setDraft] = useState(() => newTell(task))
  const { problems, setProblems, busy, submit } = useSubmit()
  const { keyed } = useIdempotency()
  const change = (part: Partial<TellDraft>) => setDraft((known) => ({ ...known, ...part }))
  const mine = isHeldBy(trial, me)
  useTrials(store)
  const lost = mine && store.find(trial.number)?.lease?.token !== trial.lease?.token

  const tell = () => {
    const result = toTell(draft, task)
    if (result.problems) return setProblems(result.problems)
    void submit(async () => {
      const { tell: told } = await request(TellTrialDocument, {
        input: keyed({
          trialId: `${task.id}:${trial.number}`,
          leaseToken: mine ? (trial.lease?.token ?? null) : null,
          ...result.parts,
        }),
      })
      const again = told.trial.state === 'WAITING' ? ' It will be tried again.' : ''
      toast('good', `Trial ${trial.number}: ${receiptWords[told.receipt]}${again}`)
      onClose()
    })
  }

  return (
    <Dialog
      title={`Tell the result of trial ${trial.number}`}
      onClose={onClose}
      onSubmit={tell}
      testId="tell"
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={busy}>
            Tell result
          </Button>
        </>
      }
    >
      <PointList point={trial.point ?? {}} />
      {lost && (
        <p className={styles.note} data-tone="warn" role="status">
          {lateWords[task.trialPolicy.lateResults]}
        </p>
      )}
      {trial.lease && !mine && (
        <p className={styles.note}>
          {trial.lease.worker ?? 'A worker'} is at this trial. Your result counts in its place, and it is told
          to stop.
        </p>
      )}
      <TellFields task={task} draft={draft} problems={problems} onChange={change} />
      <ProblemList problems={problemsOutside(problems, tellFieldPaths)} />
    </Dialog>
  )
}

/** The time was over while the result was typed in. */
const lateWords: Readonly<Record<LateResultPolicy, string>> = {
  ACCEPT: 'Your time for this point is over. Your result still counts if no other does, and is marked late.',
  ATTACH: 'Your time for this point is over. Your result is kept beside it, but does not count.',
  REJECT: 'Your time for this point is over, and this task refuses late results.',
}

const receiptWords: Readonly<Record<TellReceipt, string>> = {
  COUNTED: 'recorded.',
  ATTACHED: 'another result counts already; this one is kept beside it.',
  REPEATED: 'this was known already.',
}
