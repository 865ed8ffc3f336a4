import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { EventLog } from '../../events/EventLog'
import type { TaskDetailFragment } from '../../gql/graphql'
import { explain } from '../../graphql/errors'
import { EnqueueTrialForm } from '../../trials/EnqueueTrialForm'
import { TrialTable } from '../../trials/TrialTable'
import { Button } from '../../ui/Button'
import { Card } from '../../ui/Card'
import { Notice } from '../../ui/Notice'
import { usePageTitle } from '../../ui/usePageTitle'
import { useTaskActions } from '../useTaskActions'
import { ConnectWorker } from './ConnectWorker'
import { KeyNumbers } from './KeyNumbers'
import { ParameterSpaceCard } from './ParameterSpaceCard'
import { StrategyCard } from './StrategyCard'
import { TaskData } from './TaskData'
import { TaskHeader } from './TaskHeader'
import styles from './TaskPage.module.css'
import { useTask } from './useTask'

const ValuesCard = lazy(() =>
  import('../../trials/ValuesCard').then((module) => ({ default: module.ValuesCard })),
)

export function TaskPage() {
  const { taskId } = useParams({ from: '/tasks/$taskId' })
  // A new task is a new page: nothing of the old one's state may stay.
  return <OneTaskPage key={taskId} taskId={taskId} />
}

function OneTaskPage({ taskId }: { taskId: string }) {
  const live = useTask(taskId)
  const { query } = live
  usePageTitle(query.data?.name ?? 'Task')

  if (query.data) return <LoadedTask task={query.data} live={live} />
  if (query.data === null) {
    return (
      <Notice title="There is no such task">
        <p>It was deleted, or it never existed on this server.</p>
        <Link to="/">All tasks</Link>
      </Notice>
    )
  }
  if (query.isError) {
    return (
      <Notice title="The task could not be read">
        <p>{explain(query.error)}</p>
        <Button onClick={() => void query.refetch()}>Try again</Button>
      </Notice>
    )
  }
  return (
    <p className={styles.loading} role="status">
      Reading the task…
    </p>
  )
}

function LoadedTask({ task, live }: { task: TaskDetailFragment; live: ReturnType<typeof useTask> }) {
  const navigate = useNavigate()
  const actions = useTaskActions((_, what) => {
    if (what === 'deleted') void navigate({ to: '/' })
    else live.refreshNow()
  })

  return (
    <>
      <TaskHeader task={task} actions={actions} onSaved={live.show} onConflict={live.refreshNow} />
      <KeyNumbers task={task} />
      <div className={styles.columns}>
        <div className={styles.main}>
          <Suspense fallback={<Card title="Values">{<div className={styles.plotSpace} />}</Card>}>
            <ValuesCard task={task} store={live.trials} />
          </Suspense>
          <TrialTable task={task} store={live.trials} />
          <EventLog log={live.log} />
        </div>
        <aside className={styles.side}>
          {task.strategy.kind === 'EXTERNAL' && <EnqueueTrialForm task={task} />}
          <ParameterSpaceCard task={task} />
          <StrategyCard task={task} />
          <ConnectWorker task={task} />
          <TaskData task={task} />
        </aside>
      </div>
      {actions.dialogs}
    </>
  )
}
