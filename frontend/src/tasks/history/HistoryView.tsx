import { useState } from 'react'
import type { TaskDetailFragment } from '../../gql/graphql'
import { AsItWas } from './AsItWas'
import { DifferenceDialog } from './DifferenceDialog'
import styles from './History.module.css'
import { PastDialog } from './PastDialog'
import { RevertDialog } from './RevertDialog'
import { useLook } from './useLook'
import { Versions } from './Versions'

interface HistoryViewProps {
  task: TaskDetailFragment
  onSaved: (task: TaskDetailFragment) => void
}

/** What the task was: its versions, and what is opened of them, which has an address each. */
export function HistoryView({ task, onSaved }: HistoryViewProps) {
  const [look, open] = useLook()
  const [picked, setPicked] = useState<readonly number[]>([])
  return (
    <div className={styles.columns}>
      <Versions task={task} picked={picked} onPick={setPicked} onLook={open} />
      <aside>
        <AsItWas key={look?.kind === 'time' ? look.at : ''} task={task} onLook={open} />
      </aside>
      {(look?.kind === 'version' || look?.kind === 'time') && (
        <PastDialog task={task} look={look} onLook={open} />
      )}
      {look?.kind === 'difference' && (
        <DifferenceDialog taskId={task.id} from={look.from} to={look.to} onLook={open} />
      )}
      {look?.kind === 'revert' && (
        <RevertDialog
          key={look.to}
          task={task}
          to={look.to}
          onSaved={onSaved}
          onClose={() => open(undefined)}
        />
      )}
    </div>
  )
}
