import type { TaskDetailFragment, TaskModelQuery } from '../../gql/graphql'
import { formatCount, formatExpected, formatNumber, formatValue } from '../../ui/format'
import { reasonText, strategyLabels } from '../strategy/words'
import styles from './ModelFacts.module.css'
import { fitText } from './words'

export type Model = NonNullable<NonNullable<TaskModelQuery['task']>['model']>

/** How the server says that the model sees the values themselves. */
const plainScales = ['', 'as measured']

interface ModelFactsProps {
  task: TaskDetailFragment
  model: Model
  objective: string
}

/** In words and a few numbers: what strategy is at work, why, and what it expects. */
export function ModelFacts({ task, model, objective }: ModelFactsProps) {
  const { results, used, strategy, reason, expectedImprovement, best } = model
  const of = model.objectives.find((one) => one.objective === objective)
  return (
    <>
      <p className={styles.reason} data-testid="model-reason">
        <b>{strategyLabels[strategy]}.</b> {reasonText(reason)}
      </p>
      {of && !of.informative && (
        <p className={styles.reason} data-testid="model-uninformative">
          The model knows nothing of {objective} yet: it predicts results worse than their mean does. What it
          shows are the mean of the results and their standard deviation.
        </p>
      )}
      <dl className={styles.facts} data-testid="model-facts">
        <div>
          <dt>Results</dt>
          <dd>
            {formatCount(used)}
            {used < results && <small> of {formatCount(results)} used</small>}
          </dd>
        </div>
        {of && of.rSquared !== null && (
          <div title="How much of the differences between results it explains when it predicts each from the others: 1 is all, 0 none.">
            <dt>
              Fit, <abbr title="by leave-one-out cross-validation">R²</abbr>
            </dt>
            <dd data-testid="model-fit">
              {formatNumber(Number(of.rSquared.toFixed(2)))} <small>{fitText(of.rSquared)}</small>
            </dd>
          </div>
        )}
        {of && (
          <div title="The standard deviation of a measurement that is repeated, as the model sees it.">
            <dt>Measurement error</dt>
            <dd>± {formatNumber(Number(of.noise.toPrecision(3)))}</dd>
          </div>
        )}
        {of && !plainScales.includes(of.scale.trim()) && (
          <div title="Values are stretched where they lie close together, so that good ones differ more.">
            <dt>It works with the</dt>
            <dd className={styles.words}>{of.scale}</dd>
          </div>
        )}
        {expectedImprovement !== null && (
          <div title="What the next point is expected to gain over the best so far.">
            <dt>Still to gain</dt>
            <dd data-testid="next-improvement">
              {formatNumber(Number(expectedImprovement.toPrecision(3)))}
              {task.objectives.length > 1 && <small> hypervolume</small>}
            </dd>
          </div>
        )}
      </dl>
      {best && <Best best={best} />}
    </>
  )
}

function Best({ best }: { best: NonNullable<Model['best']> }) {
  const expected = best.predictions
    .map(({ objective, mean, deviation }) => `${objective} ${formatExpected(mean, deviation)}`)
    .join(', ')
  return (
    <p className={styles.best} data-testid="best-predicted">
      <span>Best predicted</span> <b>{expected}</b> <span>at</span>{' '}
      {Object.entries(best.point)
        .filter(([, value]) => value !== null)
        .map(([name, value]) => `${name} ${formatValue(value)}`)
        .join(', ')}
    </p>
  )
}
