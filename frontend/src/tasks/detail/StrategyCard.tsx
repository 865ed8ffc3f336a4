import { Link } from '@tanstack/react-router'
import type { TaskDetailFragment } from '../../gql/graphql'
import { formatCountdown } from '../../trials/lease'
import { Card } from '../../ui/Card'
import { formatNumber } from '../../ui/format'
import { useNow } from '../../ui/useNow'
import { directionLabels, samplingLabels } from '../status'
import { EditStrategy } from '../strategy/EditStrategy'
import { settingsText } from '../strategy/settingsText'
import { strategyLabels, strategyMeanings } from '../strategy/words'
import { useTaskNames } from '../useTaskNames'
import type { Queue } from './QueueCard'
import styles from './StrategyCard.module.css'

interface StrategyCardProps {
  task: TaskDetailFragment
  queue: Queue | undefined
  onSaved: (task: TaskDetailFragment) => void
}

export function StrategyCard({ task, queue, onSaved }: StrategyCardProps) {
  const { strategy, objectives } = task
  return (
    <Card
      title="Strategy"
      testId="strategy"
      extra={task.finishedAt === null && <EditStrategy task={task} onSaved={onSaved} />}
    >
      <p className={styles.kind}>{strategyLabels[strategy.kind]}</p>
      <p className={styles.meaning}>{strategyMeanings[strategy.kind]}</p>
      <dl className={styles.facts}>
        {strategy.kind === 'EXTERNAL' && task.finishedAt === null && queue && <Proposer queue={queue} />}
        <dt>{objectives.length === 1 ? 'Objective' : 'Objectives'}</dt>
        <dd>
          {objectives.length === 0
            ? 'none yet'
            : objectives.map(({ name, direction }) => `${directionLabels[direction]} ${name}`).join(', ')}
        </dd>
        {strategy.initialDesign && (
          <>
            <dt>Initial design</dt>
            <dd>
              {strategy.initialDesign.count} points, {samplingLabels[strategy.initialDesign.method]}
            </dd>
          </>
        )}
        {settingsText(strategy).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        {strategy.warmStart.length > 0 && (
          <>
            <dt>Learns from</dt>
            <dd>
              <EarlierTasks ids={strategy.warmStart} />
            </dd>
          </>
        )}
        <dt>Seed</dt>
        <dd>{strategy.seed}</dd>
      </dl>
    </Card>
  )
}

/** The client that proposes the points, and how many are waited for. */
function Proposer({ queue: { strategist, pointsNeeded } }: { queue: Queue }) {
  return (
    <>
      <dt>Points come from</dt>
      <dd data-testid="strategist">
        {strategist ? <Held strategist={strategist} /> : 'nobody proposes points now'}
      </dd>
      <dt>Points waited for</dt>
      <dd data-testid="points-needed">{pointsNeeded === 0 ? 'none' : formatNumber(pointsNeeded)}</dd>
    </>
  )
}

function Held({ strategist: { name, expiresAt } }: { strategist: NonNullable<Queue['strategist']> }) {
  const left = Date.parse(expiresAt) - useNow()
  return (
    <>
      {name}
      <span className={styles.until} title={new Date(expiresAt).toLocaleString()}>
        {left > 0 ? `, for ${formatCountdown(left)} unless renewed` : ', whose lease has expired'}
      </span>
    </>
  )
}

function EarlierTasks({ ids }: { ids: readonly string[] }) {
  const nameOf = useTaskNames(ids)
  return (
    <ul>
      {ids.map((id) => (
        <li key={id}>
          <Link to="/tasks/$taskId" params={{ taskId: id }}>
            {nameOf(id)}
          </Link>
        </li>
      ))}
    </ul>
  )
}
