import { useState } from 'react'
import type { TaskDetailFragment } from '../gql/graphql'
import { directionArrows, directionLabels } from '../tasks/status'
import { Card } from '../ui/Card'
import { Segments } from '../ui/Segments'
import { type Standing, standing } from './feasible'
import type { TrialStore } from './trialStore'
import { drawingInterval, useTrials } from './useTrials'
import styles from './ValuesCard.module.css'
import { type Scale, ValuesPlot } from './ValuesPlot'

const scaleLabels: Readonly<Record<Scale, string>> = { linear: 'Linear', log: 'Log' }

/** The values of one objective over the trials, with the best so far where there is one best. */
export function ValuesCard({ task, store }: { task: TaskDetailFragment; store: TrialStore }) {
  const { trials } = useTrials(store, drawingInterval(store.getSnapshot().trials.length))
  const [chosen, setChosen] = useState<string>()
  const [scale, setScale] = useState<Scale>('linear')
  const objective = task.objectives.find(({ name }) => name === chosen) ?? task.objectives[0]

  if (!objective) {
    return (
      <Card title="Values">
        <p className={styles.none}>This task has no objective yet.</p>
      </Card>
    )
  }
  const single = task.objectives.length === 1
  const has = (which: Standing) =>
    trials.some((trial) => trial.state === 'COMPLETED' && standing(trial, task.constraints) === which)
  return (
    <Card
      title={
        <>
          {objective.name}{' '}
          <span className={styles.direction}>
            {directionArrows[objective.direction]} {directionLabels[objective.direction]}
          </span>
        </>
      }
      testId="values-plot"
      extra={
        <div className={styles.controls}>
          {!single && (
            <Segments
              label="Objective"
              options={Object.fromEntries(task.objectives.map(({ name }) => [name, name]))}
              value={objective.name}
              onChange={setChosen}
            />
          )}
          <Segments label="Value axis" options={scaleLabels} value={scale} onChange={setScale} />
        </div>
      }
    >
      <Legend
        best={single}
        designed={trials.some(({ origin }) => origin === 'INITIAL_DESIGN')}
        leftOut={has('left out')}
        outside={has('outside')}
      />
      <ValuesPlot
        trials={trials}
        objective={objective}
        constraints={task.constraints}
        showBest={single}
        scale={scale}
      />
    </Card>
  )
}

interface LegendProps {
  best: boolean
  designed: boolean
  leftOut: boolean
  outside: boolean
}

function Legend({ best, designed, leftOut, outside }: LegendProps) {
  return (
    <ul className={styles.legend} aria-label="Legend">
      {best && <li data-mark="best">best so far</li>}
      <li data-mark="completed">completed trial</li>
      {designed && <li data-mark="designed">initial design</li>}
      {leftOut && <li data-mark="left-out">excluded or infeasible by a constraint</li>}
      {outside && <li data-mark="outside">outside of the present space</li>}
      <li data-mark="failed">failed or cannot be tried</li>
    </ul>
  )
}
