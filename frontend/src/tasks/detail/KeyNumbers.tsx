import type { TaskDetailFragment } from '../../gql/graphql'
import { TrialCountsBar } from '../../trials/TrialCountsBar'
import { formatCount, formatElapsed, formatMoment, formatValue } from '../../ui/format'
import { useNow } from '../../ui/useNow'
import { BestValue } from '../BestValue'
import { directionLabels } from '../status'
import styles from './KeyNumbers.module.css'

export function KeyNumbers({ task }: { task: TaskDetailFragment }) {
  return (
    <dl className={styles.numbers} data-testid="key-numbers">
      <div className={styles.best}>
        <dt>{task.objectives.length === 1 ? 'Best value' : 'Objectives'}</dt>
        <dd>{task.objectives.length === 1 ? <BestValue task={task} /> : <Objectives task={task} />}</dd>
      </div>
      {task.objectives.length === 1 && (
        <div className={styles.point}>
          <dt>Best point{task.bestTrial && <span> · trial {task.bestTrial.number}</span>}</dt>
          <dd data-testid="best-point">{task.bestTrial ? <Point point={task.bestTrial.point} /> : '–'}</dd>
        </div>
      )}
      <div className={styles.trials}>
        <dt>{formatCount(task.trialCounts.total)} trials</dt>
        <dd>
          <TrialCountsBar counts={task.trialCounts} />
        </dd>
      </div>
      <div className={styles.time}>
        <RunningTime task={task} />
      </div>
    </dl>
  )
}

function Objectives({ task }: { task: TaskDetailFragment }) {
  if (task.objectives.length === 0) return <>None yet</>
  return (
    <ul>
      {task.objectives.map(({ name, direction }) => (
        <li key={name}>
          {directionLabels[direction]} <b>{name}</b>
        </li>
      ))}
    </ul>
  )
}

function Point({ point }: { point: Readonly<Record<string, unknown>> }) {
  return (
    <ul className={styles.pairs}>
      {Object.entries(point).map(([name, value]) => (
        <li key={name}>
          <span>{name}</span> <b>{formatValue(value)}</b>
        </li>
      ))}
    </ul>
  )
}

function RunningTime({ task }: { task: TaskDetailFragment }) {
  const now = useNow()
  if (task.startedAt === null) {
    return (
      <>
        <dt>Not started</dt>
        <dd className={styles.exact}>created {formatMoment(task.createdAt)}</dd>
      </>
    )
  }
  const end = task.finishedAt === null ? now : Date.parse(task.finishedAt)
  return (
    <>
      <dt>{task.finishedAt === null ? 'Since start' : 'From start to end'}</dt>
      <dd>
        <b className={styles.elapsed} data-testid="elapsed">
          {formatElapsed(end - Date.parse(task.startedAt))}
        </b>
        <div className={styles.exact}>started {formatMoment(task.startedAt)}</div>
      </dd>
    </>
  )
}
