import type { ProposalPartsFragment } from '../../gql/graphql'
import { criterionLabels, reasonText, strategyLabels } from '../../tasks/strategy/words'
import { formatCount, formatMeasured, formatNumber } from '../../ui/format'
import type { Trial } from '../trial'
import { surprise } from './surprise'
import styles from './WhyThisPoint.module.css'

interface WhyThisPointProps {
  proposal: ProposalPartsFragment
  trial: Trial
  /** The task has one objective. */
  single: boolean
}

/** What chose the point, why, and what it expected there, beside what was measured. */
export function WhyThisPoint({ proposal, trial, single }: WhyThisPointProps) {
  const { strategy, reason, fallback, results, expectedImprovement, criterion, acquisitionValue } = proposal
  return (
    <div className={styles.why} data-testid="why-this-point">
      <p>
        <b>{strategyLabels[strategy]}</b>
        {results > 0 && <span className={styles.quiet}> · from {formatCount(results)} results</span>}
      </p>
      {fallback !== null && (
        <p className={styles.fallback} data-testid="fallback">
          Not from what the task asks for: {fallback}
        </p>
      )}
      <p>{reasonText(reason)}</p>
      {proposal.predictions.length > 0 && <Predictions proposal={proposal} trial={trial} />}
      {expectedImprovement !== null && (
        <p className={styles.quiet}>
          Expected {single ? 'improvement over the best' : 'gain in hypervolume'}:{' '}
          <b data-testid="expected-improvement">{formatNumber(expectedImprovement)}</b>
          {criterion !== null && acquisitionValue !== null && (
            <>
              {' '}
              · {criterionLabels[criterion]} {formatNumber(acquisitionValue)}
            </>
          )}
        </p>
      )}
    </div>
  )
}

function Predictions({ proposal, trial }: Pick<WhyThisPointProps, 'proposal' | 'trial'>) {
  return (
    <table className={styles.predictions} data-testid="predictions">
      <thead>
        <tr>
          <th scope="col">Objective</th>
          <th scope="col">Predicted</th>
          <th scope="col">Measured</th>
          <th scope="col">
            <span className="visually-hidden">How they agree</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {proposal.predictions.map(({ objective, mean, deviation }) => {
          const measured = trial.values.get(objective)
          return (
            <tr key={objective}>
              <th scope="row">{objective}</th>
              <td>{formatMeasured(mean, deviation)}</td>
              <td>
                {measured === undefined ? '–' : formatMeasured(measured, trial.deviations.get(objective))}
              </td>
              <td className={styles.quiet}>
                {measured !== undefined &&
                  surprise(measured, trial.deviations.get(objective), { mean, deviation })}
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}
