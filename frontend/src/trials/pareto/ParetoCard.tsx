import { useMemo, useState } from 'react'
import { useTheme } from '../../app/theme'
import type { TaskDetailFragment } from '../../gql/graphql'
import { directionArrows } from '../../tasks/status'
import { Card } from '../../ui/Card'
import { Chart } from '../../ui/Chart'
import { formatCount } from '../../ui/format'
import { InlineSelect } from '../../ui/InlineSelect'
import type { TrialStore } from '../trialStore'
import { tooltipHtml } from '../trialTooltip'
import { useOpenTrial } from '../useOpenTrial'
import { drawingInterval, useTrials } from '../useTrials'
import styles from './ParetoCard.module.css'
import { paretoOption } from './paretoOption'
import { paretoPoints } from './paretoPoints'

interface ParetoCardProps {
  task: TaskDetailFragment
  store: TrialStore
  front: ReadonlySet<number>
}

/** The trade-off between two objectives of several: every result, and the front that nothing is better than. */
export function ParetoCard({ task, store, front }: ParetoCardProps) {
  const { trials } = useTrials(store, drawingInterval(store.getSnapshot().trials.length))
  const theme = useTheme()
  const openTrial = useOpenTrial()
  const [chosen, setChosen] = useState<readonly [string?, string?]>([])
  const { objectives, constraints } = task
  const x = objectives.find(({ name }) => name === chosen[0]) ?? objectives[0]
  const y = objectives.find(({ name }) => name === chosen[1]) ?? objectives.find((one) => one !== x)
  const points = useMemo(
    () => (x && y ? paretoPoints(trials, [x.name, y.name], front, constraints) : undefined),
    [trials, x, y, front, constraints],
  )
  const option = useMemo(
    () =>
      x && y && points
        ? paretoOption({
            points,
            x,
            y,
            plane: objectives.length === 2,
            theme,
            tooltip: (number) => {
              const trial = store.find(number)
              return trial ? tooltipHtml(trial) : ''
            },
          })
        : undefined,
    [points, x, y, objectives, theme, store],
  )
  if (!x || !y || !points || !option) return null

  const choose = (axis: 'x' | 'y', name: string) => {
    // Choosing what the other axis shows swaps the two.
    if (axis === 'x') setChosen(name === y.name ? [y.name, x.name] : [name, y.name])
    else setChosen(name === x.name ? [y.name, x.name] : [x.name, name])
  }
  const axes = objectives.map(
    ({ name, direction }) => [name, `${name} ${directionArrows[direction]}`] as const,
  )
  const measured = points.front.length + points.others.length + points.leftOut.length
  const summary = `${formatCount(points.front.length)} of ${formatCount(measured)} results are on the front.`
  return (
    <Card
      title="Trade-offs"
      testId="pareto"
      extra={
        <div className={styles.axes}>
          <InlineSelect label="Across" value={x.name} options={axes} onChange={(name) => choose('x', name)} />
          <InlineSelect label="Up" value={y.name} options={axes} onChange={(name) => choose('y', name)} />
        </div>
      }
    >
      <p className={styles.summary}>
        <span data-mark="front">{summary}</span>
        {points.leftOut.length > 0 && (
          <span data-mark="left-out">excluded, infeasible or outside of the space</span>
        )}
      </p>
      <figure className={styles.figure} aria-label={`${y.name} over ${x.name}. ${summary}`}>
        <Chart
          option={option}
          height={320}
          onPick={([, , number]) => {
            if (number !== undefined) openTrial(number)
          }}
        />
        {measured === 0 && <figcaption className={styles.empty}>No results yet</figcaption>}
      </figure>
    </Card>
  )
}
