import { type ReactNode, useState } from 'react'
import { useMyName } from '../../app/me'
import {
  EnqueueTrialsDocument,
  ExcludeTrialDocument,
  IncludeTrialDocument,
  ReleaseTrialsDocument,
  SkipTrialsDocument,
  type TaskDetailFragment,
} from '../../gql/graphql'
import { useIdempotency } from '../../graphql/idempotency'
import { request } from '../../graphql/request'
import type { MenuItem } from '../../ui/Menu'
import { toast, toastFailure } from '../../ui/toast'
import type { Trial } from '../trial'
import type { TrialStore } from '../trialStore'
import { actionLabel, actionsFor, isHeldBy, type TrialAction } from './actions'
import { CorrectDialog } from './CorrectDialog'
import { KeepDialog } from './KeepDialog'
import { ReasonDialog } from './ReasonDialog'
import { TellDialog } from './TellDialog'

export interface TrialActions {
  act: (action: TrialAction, trial: Trial) => void
  /** What can be done with the trial, for a menu or a row of buttons. */
  items: (trial: Trial) => readonly (MenuItem & { readonly action: TrialAction })[]
  /** To be rendered once by whoever uses the actions. */
  dialogs: ReactNode
}

/** All that a person can do with a trial of this task. */
export function useTrialActions(task: TaskDetailFragment, store: TrialStore): TrialActions {
  const me = useMyName()
  const { keyed, renew } = useIdempotency()
  const [open, setOpen] = useState<{ action: TrialAction; trial: Trial }>()
  const close = () => setOpen(undefined)

  const repeat = async ({ number, point }: Trial) => {
    if (!point) return
    try {
      const { enqueueTrials } = await request(EnqueueTrialsDocument, {
        input: keyed({ taskId: task.id, points: [point] }),
      })
      renew()
      const [again] = enqueueTrials.trials
      toast('good', `The point of trial ${number} waits again, as trial ${again?.number}.`)
    } catch (thrown) {
      toastFailure(thrown)
    }
  }
  const act = (action: TrialAction, trial: Trial) => {
    if (action === 'repeat') void repeat(trial)
    else setOpen({ action, trial })
  }

  return {
    act,
    items: (trial) =>
      actionsFor(trial, task.status, me).map((action) => ({
        action,
        label: actionLabel(action, trial, me),
        onSelect: () => act(action, trial),
      })),
    dialogs: open && <ActionDialog task={task} store={store} {...open} me={me} onClose={close} />,
  }
}

interface ActionDialogProps {
  task: TaskDetailFragment
  store: TrialStore
  action: TrialAction
  trial: Trial
  me: string
  onClose: () => void
}

function ActionDialog({ task, store, action, trial, me, onClose }: ActionDialogProps) {
  const { keyed } = useIdempotency()
  const trialId = `${task.id}:${trial.number}`
  switch (action) {
    case 'tell':
      return <TellDialog task={task} store={store} trial={trial} onClose={onClose} />
    case 'correct':
      return <CorrectDialog task={task} trial={trial} onClose={onClose} />
    case 'keep': {
      const { lease } = trial
      return (
        lease && <KeepDialog taskId={task.id} trial={{ ...trial, lease }} store={store} onClose={onClose} />
      )
    }
    case 'release': {
      const mine = isHeldBy(trial, me)
      const holder = trial.lease?.worker ?? 'Its worker'
      return (
        <ReasonDialog
          title={mine ? `Give trial ${trial.number} back?` : `Take trial ${trial.number} from ${holder}?`}
          verb={mine ? 'Give back' : 'Take back'}
          required={false}
          onClose={onClose}
          onConfirm={async (reason) => {
            const token = trial.lease?.token ?? 0
            await request(ReleaseTrialsDocument, {
              input: keyed({ leases: [{ trialId, token }], reason: reason ?? null }),
            })
            toast('good', `Trial ${trial.number} waits for the next who asks.`)
          }}
        >
          <p>
            {mine
              ? 'The point waits for the next who asks. It does not count as an attempt.'
              : `The point waits for the next who asks. ${holder} learns that its lease is lost; what it measures all the same may come late.`}
          </p>
        </ReasonDialog>
      )
    }
    case 'skip':
      return (
        <ReasonDialog
          title={`Skip trial ${trial.number}?`}
          verb="Skip"
          required={false}
          onClose={onClose}
          onConfirm={async (reason) => {
            await request(SkipTrialsDocument, {
              input: keyed({ trialIds: [trialId], reason: reason ?? null }),
            })
            toast('good', `Trial ${trial.number} is not handed out any more.`)
          }}
        >
          <p>Nobody gets this point any more. A result of it can still be told by hand.</p>
        </ReasonDialog>
      )
    case 'exclude':
      return (
        <ReasonDialog
          title={`Exclude trial ${trial.number}?`}
          verb="Exclude"
          required
          onClose={onClose}
          onConfirm={async (reason = '') => {
            await request(ExcludeTrialDocument, { input: keyed({ trialId, reason }) })
            toast('good', `Trial ${trial.number} is left out. It can be included again.`)
          }}
        >
          <p>It stays in the table, but neither the best value nor the strategy looks at it.</p>
        </ReasonDialog>
      )
    case 'include':
      return (
        <ReasonDialog
          title={`Include trial ${trial.number} again?`}
          verb="Include"
          required
          onClose={onClose}
          onConfirm={async (reason = '') => {
            await request(IncludeTrialDocument, { input: keyed({ trialId, reason }) })
            toast('good', `Trial ${trial.number} counts again.`)
          }}
        >
          <p>It was excluded{trial.exclusionReason === undefined ? '' : `: ${trial.exclusionReason}`}.</p>
        </ReasonDialog>
      )
    case 'repeat':
      return null
  }
}
