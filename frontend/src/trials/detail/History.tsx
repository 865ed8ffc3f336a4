import type { MeasuredPartsFragment } from '../../gql/graphql'
import { Ago } from '../../ui/Ago'
import { formatDuration, formatMeasured, formatMoment, formatNumber } from '../../ui/format'
import { attemptOutcomeLabels } from '../state'
import { webAddress } from './links'
import styles from './TrialDialog.module.css'
import type { TrialDetail } from './useTrialDetail'

/** Who had the trial, from when to when, and how it ended. */
export function Attempts({ attempts }: Pick<TrialDetail, 'attempts'>) {
  return (
    <ol className={styles.history} data-testid="attempts">
      {attempts.map((attempt) => (
        <li key={attempt.token} data-outcome={attempt.outcome ?? undefined}>
          <span className={styles.token}>{attempt.token}</span>
          <div>
            <b>{attempt.worker ?? 'a worker without a name'}</b>{' '}
            {attempt.outcome === null ? 'has it now' : attemptOutcomeLabels[attempt.outcome]}
            {attempt.reason !== null && attempt.reason !== '' && <>: {attempt.reason}</>}
            <div className={styles.quiet}>
              from {formatMoment(attempt.startedAt)}
              {attempt.endedAt !== null && (
                <>, for {formatDuration(Date.parse(attempt.endedAt) - Date.parse(attempt.startedAt))}</>
              )}
            </div>
          </div>
        </li>
      ))}
    </ol>
  )
}

export function AttachedResults({ results }: { results: TrialDetail['attachedResults'] }) {
  return (
    <ul className={styles.history} data-testid="attached-results">
      {results.map((result) => (
        <li key={`${result.at} ${result.leaseToken}`}>
          <span className={styles.token}>{result.leaseToken}</span>
          <div>
            {measuredText(result.values)}
            {result.metrics.map(({ name, value }) => `, ${name} = ${formatNumber(value)}`).join('')}
            <div className={styles.quiet}>
              by {result.worker ?? result.actor}, <Ago at={result.at} />
            </div>
          </div>
        </li>
      ))}
    </ul>
  )
}

export function Corrections({ corrections }: Pick<TrialDetail, 'corrections'>) {
  return (
    <ul className={styles.history} data-testid="corrections">
      {corrections.map((correction) => (
        <li key={correction.at}>
          <span />
          <div>
            it was <s>{measuredText(correction.values)}</s>: {correction.reason}
            <div className={styles.quiet}>
              by {correction.actor}, <Ago at={correction.at} />
            </div>
          </div>
        </li>
      ))}
    </ul>
  )
}

export function Artifacts({ artifacts }: Pick<TrialDetail, 'artifacts'>) {
  return (
    <ul className={styles.artifacts} data-testid="artifacts">
      {artifacts.map(({ name, url }) => {
        const address = webAddress(url)
        return (
          <li key={`${name} ${url}`}>
            {address === undefined ? (
              <>
                {name}: <code>{url}</code>
              </>
            ) : (
              <a href={address} target="_blank" rel="noopener noreferrer">
                {name}
              </a>
            )}
          </li>
        )
      })}
    </ul>
  )
}

function measuredText(values: readonly MeasuredPartsFragment[]): string {
  return values
    .map(
      ({ objective, value, standardDeviation }) =>
        `${objective} = ${formatMeasured(value, standardDeviation)}`,
    )
    .join(', ')
}
