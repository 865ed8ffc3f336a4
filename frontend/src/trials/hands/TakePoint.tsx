import { useState } from 'react'
import type { TaskDetailFragment } from '../../gql/graphql'
import { Button } from '../../ui/Button'
import type { TrialStore } from '../trialStore'
import { TakePointDialog } from './TakePointDialog'
import type { TrialActions } from './useTrialActions'

interface TakePointProps {
  task: TaskDetailFragment
  store: TrialStore
  actions: TrialActions
}

/** While the task runs: the button by which a person becomes a worker. */
export function TakePoint({ task, store, actions }: TakePointProps) {
  const [open, setOpen] = useState(false)
  const close = () => setOpen(false)
  return (
    <>
      {task.status === 'RUNNING' && (
        <Button title="Be a worker yourself: get the next point and try it." onClick={() => setOpen(true)}>
          Take a point
        </Button>
      )}
      {open && (
        <TakePointDialog
          task={task}
          store={store}
          onClose={close}
          onTell={(trial) => {
            close()
            actions.act('tell', trial)
          }}
        />
      )}
    </>
  )
}
