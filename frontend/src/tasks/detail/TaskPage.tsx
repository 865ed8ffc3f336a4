import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { lazy, type ReactNode } from 'react'
import { EventLog } from '../../events/EventLog'
import type { TaskDetailFragment } from '../../gql/graphql'
import { explain } from '../../graphql/errors'
import { TrialDialog } from '../../trials/detail/TrialDialog'
import { TakePoint } from '../../trials/hands/TakePoint'
import { type TrialActions, useTrialActions } from '../../trials/hands/useTrialActions'
import { YourPoints } from '../../trials/hands/YourPoints'
import { EnqueueTrialForm } from '../../trials/results/EnqueueTrialForm'
import { TrialsToolbar } from '../../trials/TrialsToolbar'
import { TrialTable } from '../../trials/TrialTable'
import { useOpenTrial } from '../../trials/useOpenTrial'
import { Button } from '../../ui/Button'
import { Card } from '../../ui/Card'
import { LoadedLater } from '../../ui/LoadedLater'
import { Notice } from '../../ui/Notice'
import { usePageTitle } from '../../ui/usePageTitle'
import { ChildrenCard } from '../tree/ChildrenCard'
import { useFamily } from '../tree/useFamily'
import { useTaskActions } from '../useTaskActions'
import { BudgetCard } from './BudgetCard'
import { ConnectWorker } from './ConnectWorker'
import { KeyNumbers } from './KeyNumbers'
import { MissingTask } from './MissingTask'
import { ParameterSpaceCard } from './ParameterSpaceCard'
import { QueueCard } from './QueueCard'
import { RulesCard } from './RulesCard'
import { StrategyCard } from './StrategyCard'
import { TaskData } from './TaskData'
import { TaskHeader } from './TaskHeader'
import styles from './TaskPage.module.css'
import { type SaveTask, useSaveTask } from './useSaveTask'
import { useTask } from './useTask'

const ValuesCard = lazy(() =>
  import('../../trials/ValuesCard').then((module) => ({ default: module.ValuesCard })),
)

const ParetoCard = lazy(() =>
  import('../../trials/pareto/ParetoCard').then((module) => ({ default: module.ParetoCard })),
)

const HistoryView = lazy(() =>
  import('../history/HistoryView').then((module) => ({ default: module.HistoryView })),
)

const ModelCard = lazy(() => import('../model/ModelCard').then((module) => ({ default: module.ModelCard })))

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
  if (query.data === null) return <MissingTask taskId={taskId} onRestored={live.refreshNow} />
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

interface LoadedProps {
  task: TaskDetailFragment
  live: ReturnType<typeof useTask>
}

function LoadedTask({ task, live }: LoadedProps) {
  const navigate = useNavigate()
  const actions = useTaskActions((_, what) => {
    if (what === 'deleted') void navigate({ to: '/' })
    else live.refreshNow()
    refreshFamily()
  })
  const { family, more, refresh: refreshFamily } = useFamily(task.id)

  const save = useSaveTask(task.id, live.show, live.refreshNow)
  const trialActions = useTrialActions(task, live.trials)
  const { view } = useSearch({ from: '/tasks/$taskId' })

  return (
    <>
      <TaskHeader
        task={task}
        actions={actions}
        save={save}
        onSaved={live.show}
        extra={<TakePoint task={task} store={live.trials} actions={trialActions} />}
      />
      <Views />
      {view === 'history' ? (
        <LoadedLater waiting={<p className={styles.loading}>Loading…</p>}>
          <HistoryView task={task} onSaved={live.show} />
        </LoadedLater>
      ) : (
        <Overview
          task={task}
          live={live}
          save={save}
          trialActions={trialActions}
          parts={
            family &&
            family.ofChildren.taskCount > 0 && (
              <ChildrenCard
                taskId={task.id}
                family={family}
                more={more}
                onMoveAll={(to) => actions.move(task, to, 'all below')}
              />
            )
          }
        />
      )}
      {trialActions.dialogs}
      {actions.dialogs}
    </>
  )
}

/** The parts of the page, each with an address. */
function Views() {
  const look = { from: '/tasks/$taskId', to: '.', resetScroll: false } as const
  return (
    <nav className={styles.views} aria-label="Parts of the task">
      <Link
        {...look}
        search={{ view: undefined }}
        activeOptions={{ includeSearch: true, explicitUndefined: true }}
      >
        Overview
      </Link>
      <Link {...look} search={{ view: 'history' }} activeOptions={{ includeSearch: true }}>
        History
      </Link>
    </nav>
  )
}

interface OverviewProps extends LoadedProps {
  save: SaveTask
  trialActions: TrialActions
  /** The tasks that are a part of it, if there are any. */
  parts: ReactNode
}

function Overview({ task, live, save, trialActions, parts }: OverviewProps) {
  const openTrial = useOpenTrial()
  const { trial: opened } = useSearch({ from: '/tasks/$taskId' })
  return (
    <>
      <KeyNumbers task={task} />
      <div className={styles.columns}>
        <div className={styles.main}>
          {parts}
          <YourPoints taskId={task.id} store={live.trials} actions={trialActions} />
          <LoadedLater waiting={<Card title="Values">{<div className={styles.plotSpace} />}</Card>}>
            <ValuesCard task={task} store={live.trials} />
            {task.objectives.length > 1 && <ParetoCard task={task} store={live.trials} front={live.front} />}
            <ModelCard task={task} store={live.trials} />
          </LoadedLater>
          <TrialTable
            task={task}
            store={live.trials}
            front={live.front}
            actions={trialActions}
            extra={<TrialsToolbar task={task} />}
          />
          <EventLog log={live.log} />
        </div>
        <aside className={styles.side}>
          {task.strategy.kind === 'EXTERNAL' && <EnqueueTrialForm task={task} />}
          <BudgetCard task={task} store={live.trials} front={live.front} onSaved={live.show} />
          <QueueCard task={task} queue={live.queue} save={save} onSaved={live.show} />
          <ParameterSpaceCard task={task} onSaved={live.show} />
          <StrategyCard task={task} queue={live.queue} onSaved={live.show} />
          <RulesCard task={task} onSaved={live.show} />
          <ConnectWorker task={task} />
          <TaskData task={task} />
        </aside>
      </div>
      {opened !== undefined && (
        <TrialDialog
          key={opened}
          task={task}
          store={live.trials}
          number={opened}
          front={live.front}
          actions={trialActions}
          onClose={() => openTrial(undefined)}
        />
      )}
    </>
  )
}
