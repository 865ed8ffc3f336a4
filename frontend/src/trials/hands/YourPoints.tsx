import { useMemo } from 'react'
import { useMyName } from '../../app/me'
import { Button } from '../../ui/Button'
import { Card } from '../../ui/Card'
import { LeaseTime } from '../LeaseTime'
import { PointList } from '../PointList'
import type { Trial } from '../trial'
import type { TrialStore } from '../trialStore'
import { useFreshRows } from '../useFreshRows'
import { useOpenTrial } from '../useOpenTrial'
import { useTrials } from '../useTrials'
import { heldBy } from './actions'
import styles from './Hands.module.css'
import type { TrialActions } from './useTrialActions'

interface YourPointsProps {
  taskId: string
  store: TrialStore
  actions: TrialActions
}

/** The points that the person has taken, with what can be done about them. */
export function YourPoints({ taskId, store, actions }: YourPointsProps) {
  const me = useMyName()
  const { trials } = useTrials(store)
  const held = useMemo(() => heldBy(trials, me), [trials, me])
  if (held.length === 0) return null
  return (
    <Card
      title="Your points"
      extra={<span className={styles.note}>taken as {me}</span>}
      flush
      testId="your-points"
    >
      <Fresh taskId={taskId} store={store} held={held} />
      <ul className={styles.list}>
        {held.map((trial) => (
          <HeldPoint key={trial.number} trial={trial} actions={actions} />
        ))}
      </ul>
    </Card>
  )
}

function Fresh({ taskId, store, held }: { taskId: string; store: TrialStore; held: readonly Trial[] }) {
  useFreshRows(
    store,
    taskId,
    held.map(({ number }) => number),
  )
  return null
}

function HeldPoint({ trial, actions }: { trial: Trial; actions: TrialActions }) {
  const open = useOpenTrial()
  return (
    <li className={styles.held} data-testid="held-point">
      <div className={styles.heldHead}>
        <Button small variant="quiet" onClick={() => open(trial.number)}>
          Trial {trial.number}
        </Button>
        {trial.lease && <LeaseTime lease={trial.lease} />}
      </div>
      <PointList point={trial.point ?? {}} />
      <div className={styles.heldButtons}>
        {actions.items(trial).map(({ action, label, onSelect }) => (
          <Button key={action} small variant={action === 'tell' ? 'primary' : 'plain'} onClick={onSelect}>
            {label}
          </Button>
        ))}
      </div>
    </li>
  )
}
