import type { ParameterPartsFragment, TaskDetailFragment } from '../../gql/graphql'
import { Card } from '../../ui/Card'
import { formatCount, formatNumber, formatValue } from '../../ui/format'
import { EditSpace } from '../space/EditSpace'
import { SpaceVersions } from '../space/SpaceVersions'
import { conditionText, constraintText } from '../space/words'
import styles from './ParameterSpaceCard.module.css'

type Kind = ParameterPartsFragment['__typename']

const kindLabels: Readonly<Record<Kind, string>> = {
  FloatParameter: 'float',
  IntParameter: 'int',
  CategoricalParameter: 'categorical',
  OrdinalParameter: 'ordinal',
}

interface ParameterSpaceCardProps {
  task: TaskDetailFragment
  onSaved: (task: TaskDetailFragment) => void
}

export function ParameterSpaceCard({ task, onSaved }: ParameterSpaceCardProps) {
  const parameters = task.parameterSpace?.parameters ?? []
  return (
    <Card
      title="Parameter space"
      testId="parameter-space"
      extra={task.status !== 'COMPLETED' && <EditSpace task={task} onSaved={onSaved} />}
    >
      {parameters.length === 0 ? (
        <p className={styles.none}>No parameters yet: the task cannot start without them.</p>
      ) : (
        <ul className={styles.list}>
          {parameters.map((parameter) => (
            <li key={parameter.name}>
              <span className={styles.name}>{parameter.name}</span>
              <span className={styles.kind}>{kindLabels[parameter.__typename]}</span>
              <span className={styles.range}>
                <Range parameter={parameter} />
                {parameter.fixed !== null && (
                  <b className={styles.fixed}>fixed at {formatValue(parameter.fixed)}</b>
                )}
              </span>
              {parameter.condition && <span className={styles.condition}>{conditionText(parameter)}</span>}
            </li>
          ))}
        </ul>
      )}
      <Rules task={task} />
      {task.spaceVersion > 1 && <SpaceVersions task={task} />}
    </Card>
  )
}

function Rules({ task }: { task: TaskDetailFragment }) {
  const { constraints = [], candidateCount = 0 } = task.parameterSpace ?? {}
  if (constraints.length === 0 && candidateCount === 0) return null
  return (
    <div className={styles.rules}>
      {constraints.length > 0 && (
        <>
          <h3>Every point keeps</h3>
          <ul data-testid="space-rules">
            {constraints.map((constraint, index) => (
              <li key={index}>{constraintText(constraint)}</li>
            ))}
          </ul>
        </>
      )}
      {candidateCount > 0 && (
        <p data-testid="candidate-count">
          One of {formatCount(candidateCount)} candidates, and no other point.
        </p>
      )}
    </div>
  )
}

function Range({ parameter }: { parameter: ParameterPartsFragment }) {
  switch (parameter.__typename) {
    case 'FloatParameter':
      return <Bounds low={parameter.low} high={parameter.high} step={parameter.step} log={parameter.log} />
    case 'IntParameter':
      return (
        <Bounds
          low={parameter.intLow}
          high={parameter.intHigh}
          step={parameter.intStep === 1 ? null : parameter.intStep}
          log={parameter.log}
        />
      )
    case 'CategoricalParameter':
      return <>{parameter.choices.map(formatValue).join(' · ')}</>
    case 'OrdinalParameter':
      return <>{parameter.levels.map(formatValue).join(' < ')}</>
  }
}

function Bounds({ low, high, step, log }: { low: number; high: number; step: number | null; log: boolean }) {
  return (
    <>
      {formatNumber(low)} to {formatNumber(high)}
      {step !== null && <span className={styles.extra}>step {formatNumber(step)}</span>}
      {log && <span className={styles.extra}>log scale</span>}
    </>
  )
}
