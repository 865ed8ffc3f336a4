import { type ReactNode, useMemo } from 'react'
import type { TaskDetailFragment } from '../../gql/graphql'
import { formatCountdown } from '../../trials/lease'
import type { TrialStore } from '../../trials/trialStore'
import { drawingInterval, useTrials } from '../../trials/useTrials'
import { Card } from '../../ui/Card'
import { formatCount, formatMoment, formatNumber } from '../../ui/format'
import { useNow } from '../../ui/useNow'
import { useModel } from '../model/useModel'
import { EditSettings } from '../settings/EditSettings'
import styles from './BudgetCard.module.css'
import { improvedAt, resultsSince, targetReached } from './budget'

interface BudgetCardProps {
  task: TaskDetailFragment
  store: TrialStore
  front: ReadonlySet<number>
  onSaved: (task: TaskDetailFragment) => void
}

/** How much of its budget the task has used. */
export function BudgetCard({ task, store, front, onSaved }: BudgetCardProps) {
  const { budget, trialCounts: counts } = task
  const none = Object.entries(budget).every(([name, bound]) => name === '__typename' || bound === null)
  return (
    <Card title="Budget" testId="budget" extra={<EditSettings task={task} part="budget" onSaved={onSaved} />}>
      {none && (
        <p className={styles.none}>
          No bounds: it runs until someone completes it. {formatCount(task.handedOut)} trials were handed out.
        </p>
      )}
      <ul className={styles.bounds}>
        {budget.maxTrials !== null && (
          <Bound name="Trials" part={task.handedOut / budget.maxTrials}>
            <b>{formatCount(task.handedOut)}</b> of {formatCount(budget.maxTrials)} handed out
          </Bound>
        )}
        {budget.deadline !== null && (
          <Deadline at={budget.deadline} since={task.startedAt} over={task.finishedAt !== null} />
        )}
        {budget.targetValue !== null && <Target task={task} target={budget.targetValue} />}
        {budget.patience !== null && (
          <Patience task={task} store={store} front={front} patience={budget.patience} />
        )}
        {budget.minExpectedImprovement !== null && (
          <Improvement task={task} least={budget.minExpectedImprovement} />
        )}
        {budget.maxFailures !== null && (
          <Bound name="Failures" part={task.failures / budget.maxFailures}>
            <b>{formatCount(task.failures)}</b> of {formatCount(budget.maxFailures)} before it pauses
          </Bound>
        )}
        {budget.maxConsecutiveFailures !== null && (
          <Bound name="Failures in a row" part={task.consecutiveFailures / budget.maxConsecutiveFailures}>
            <b>{formatCount(task.consecutiveFailures)}</b> of {formatCount(budget.maxConsecutiveFailures)}{' '}
            before it pauses
          </Bound>
        )}
        {budget.maxRunning !== null && (
          <Bound name="At once" part={counts.running / budget.maxRunning}>
            <b>{formatCount(counts.running)}</b> of {formatCount(budget.maxRunning)} places taken
          </Bound>
        )}
        {budget.maxShare !== null && (
          <Bound name="Share">
            at most <b>{formatNumber(budget.maxShare * 100)} %</b> of all trials that are out
          </Bound>
        )}
      </ul>
    </Card>
  )
}

interface BoundProps {
  name: string
  /** How much is used, from 0 to 1; no bar without it. */
  part?: number
  children: ReactNode
}

function Bound({ name, part, children }: BoundProps) {
  return (
    <li data-testid={`budget-${name.toLowerCase().replaceAll(' ', '-')}`}>
      <div className={styles.line}>
        <span>{name}</span>
        <span>{children}</span>
      </div>
      {part !== undefined && (
        <div className={styles.bar} aria-hidden="true" data-full={part >= 1 || undefined}>
          <span style={{ width: `${Math.min(1, part) * 100}%` }} />
        </div>
      )}
    </li>
  )
}

function Deadline({ at, since, over }: { at: string; since: string | null; over: boolean }) {
  const now = useNow()
  const end = Date.parse(at)
  const start = since === null ? now : Date.parse(since)
  const left = end - now
  return (
    <Bound name="Deadline" {...(over || since === null ? {} : { part: (now - start) / (end - start) })}>
      {over ? '' : left > 0 ? <b>{formatCountdown(left)} left</b> : <b>has passed</b>}
      <span className={styles.moment}> {formatMoment(at)}</span>
    </Bound>
  )
}

function Target({ task, target }: { task: TaskDetailFragment; target: number }) {
  const [objective] = task.objectives
  const reached = objective && targetReached(task.bestValue, target, objective.direction)
  return (
    <Bound name="Target">
      <b>
        {objective?.direction === 'MINIMIZE' ? '≤' : '≥'} {formatNumber(target)}
      </b>
      {reached ? ', reached' : task.bestValue === null ? '' : `, the best is ${formatNumber(task.bestValue)}`}
    </Bound>
  )
}

/** What the model expects of the next point, and below what the task ends. */
function Improvement({ task, least }: { task: TaskDetailFragment; least: number }) {
  const { data } = useModel(task.id, task.objectives.length > 0)
  const expected = data?.model?.expectedImprovement ?? null
  return (
    <Bound name="Improvement">
      ends when less than <b>{formatNumber(least)}</b> is expected
      {expected !== null && <>, now {formatNumber(Number(expected.toPrecision(3)))}</>}
    </Bound>
  )
}

type PatienceProps = Omit<BudgetCardProps, 'onSaved'> & { patience: number }

function Patience({ task, store, front, patience }: PatienceProps) {
  const { trials } = useTrials(store, drawingInterval(store.getSnapshot().trials.length))
  const since = useMemo(
    () => resultsSince(trials, improvedAt(trials, task.bestTrial?.number, front)),
    [trials, task.bestTrial, front],
  )
  return (
    <Bound name="Patience" part={since / patience}>
      <b>{formatCount(since)}</b> of {formatCount(patience)} results without improvement
    </Bound>
  )
}
