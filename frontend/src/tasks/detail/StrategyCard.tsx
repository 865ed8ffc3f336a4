import type { TaskDetailFragment } from '../../gql/graphql'
import { Card } from '../../ui/Card'
import { directionLabels, samplingLabels, strategyLabels, strategyMeanings } from '../status'
import styles from './StrategyCard.module.css'

export function StrategyCard({ task }: { task: TaskDetailFragment }) {
  const { strategy, objectives } = task
  return (
    <Card title="Strategy" testId="strategy">
      <p className={styles.kind}>{strategyLabels[strategy.kind]}</p>
      <p className={styles.meaning}>{strategyMeanings[strategy.kind]}</p>
      <dl className={styles.facts}>
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
        <dt>Seed</dt>
        <dd>{strategy.seed}</dd>
      </dl>
    </Card>
  )
}
