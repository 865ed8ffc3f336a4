import type { ParameterPartsFragment, TaskDetailFragment } from '../../gql/graphql'
import { Card } from '../../ui/Card'
import { formatNumber, formatValue } from '../../ui/format'
import styles from './ParameterSpaceCard.module.css'

type Kind = ParameterPartsFragment['__typename']

const kindLabels: Readonly<Record<Kind, string>> = {
  FloatParameter: 'float',
  IntParameter: 'int',
  CategoricalParameter: 'categorical',
  OrdinalParameter: 'ordinal',
}

export function ParameterSpaceCard({ task }: { task: TaskDetailFragment }) {
  const parameters = task.parameterSpace?.parameters ?? []
  return (
    <Card title="Parameter space" testId="parameter-space">
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
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
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
