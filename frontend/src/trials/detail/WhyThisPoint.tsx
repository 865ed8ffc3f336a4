import type { ProposalPartsFragment } from '../../gql/graphql'
import { criterionLabels, reasonText, strategyLabels } from '../../tasks/strategy/words'
import { formatCount, formatExpected, formatMeasured, formatNumber } from '../../ui/format'
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
  const { strategy, reason, fallback, results } = proposal
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
      <Worth proposal={proposal} single={single} />
    </div>
  )
}

/** What the point was worth: in the objective's units where there is such a number, else by what it was compared. */
function Worth({ proposal, single }: Pick<WhyThisPointProps, 'proposal' | 'single'>) {
  const { expectedImprovement, criterion, acquisitionValue } = proposal
  const compared =
    criterion === null || acquisitionValue === null
      ? undefined
      : `${criterionLabels[criterion]}: ${formatNumber(acquisitionValue)}`
  if (expectedImprovement === null) {
    return compared === undefined ? null : <p className={styles.quiet}>By the {compared}</p>
  }
  return (
    <p className={styles.quiet} title={compared}>
      Expected {single ? 'improvement over the best' : 'gain in hypervolume'}:{' '}
      <b data-testid="expected-improvement">{formatNumber(Number(expectedImprovement.toPrecision(3)))}</b>
    </p>
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
              <td title={`${mean} ± ${deviation}`}>{formatExpected(mean, deviation)}</td>
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
