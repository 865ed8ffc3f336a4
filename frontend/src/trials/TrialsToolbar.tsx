import { useState } from 'react'
import type { TaskDetailFragment } from '../gql/graphql'
import { PlusIcon } from '../ui/icons'
import { Menu } from '../ui/Menu'
import { AddResultsDialog } from './results/AddResultsDialog'
import { EnqueueDialog } from './results/EnqueueTrialForm'
import styles from './TrialTable.module.css'

type Open = 'enqueue' | 'results'

/** What a person can add to the trials: a point to be tried, or results from elsewhere. */
export function TrialsToolbar({ task }: { task: TaskDetailFragment }) {
  const [open, setOpen] = useState<Open>()
  const close = () => setOpen(undefined)
  const ready = (task.parameterSpace?.parameters.length ?? 0) > 0
  return (
    <div className={styles.tools}>
      {ready && (
        <Menu
          label="Add trials"
          icon={<PlusIcon />}
          items={[
            ...(task.status === 'COMPLETED'
              ? []
              : [{ label: 'Add a point to try…', onSelect: () => setOpen('enqueue') }]),
            ...(task.objectives.length === 0
              ? []
              : [{ label: 'Add finished results…', onSelect: () => setOpen('results') }]),
          ]}
        />
      )}
      {open === 'enqueue' && <EnqueueDialog task={task} onClose={close} />}
      {open === 'results' && <AddResultsDialog task={task} onClose={close} />}
    </div>
  )
}
