import type { ConstraintPartsFragment, ParameterPartsFragment } from '../gql/graphql'
import { conditionText } from '../tasks/space/words'
import { strategyLabels, strategyMeanings } from '../tasks/strategy/words'
import { Button } from '../ui/Button'
import { formatDuration, formatElapsed, formatMeasured, formatNumber, formatValue } from '../ui/format'
import { MoreIcon } from '../ui/icons'
import { Menu } from '../ui/Menu'
import { useNow } from '../ui/useNow'
import type { TrialActions } from './hands/useTrialActions'
import { LeaseTime } from './LeaseTime'
import { choicesOf } from './pointForm'
import { trialOriginLabels, trialStateLabels, trialStateMeanings } from './state'
import { TrialMarks } from './TrialMarks'
import styles from './TrialTable.module.css'
import type { Trial } from './trial'
import { useOpenTrial } from './useOpenTrial'

export const rowHeight = 34

interface TrialTableRowProps {
  trial: Trial
  index: number
  isBest: boolean
  onFront: boolean
  parameters: readonly ParameterPartsFragment[]
  objectives: readonly string[]
  metrics: readonly string[]
  constraints: readonly ConstraintPartsFragment[]
  actions: TrialActions
}

export function TrialTableRow(props: TrialTableRowProps) {
  const { trial, index, isBest, onFront, parameters, objectives, metrics, constraints, actions } = props
  const open = useOpenTrial()
  const items = actions.items(trial)
  const tell = trial.state === 'RUNNING' && items.find(({ action }) => action === 'tell')
  return (
    <tr
      aria-rowindex={index + 2}
      data-testid="trial-row"
      data-number={trial.number}
      data-state={trial.state}
      data-best={isBest || undefined}
      data-excluded={trial.excluded || undefined}
      data-outside={!trial.inSpace || undefined}
      style={{ height: rowHeight }}
    >
      <td className={styles.number}>
        <button
          type="button"
          className={styles.open}
          aria-label={`Trial ${trial.number}`}
          title="All about this trial"
          onClick={() => open(trial.number)}
        >
          {trial.number}
        </button>
      </td>
      <td>
        <span className={styles.state} data-state={trial.state} title={trialStateMeanings[trial.state]}>
          {trialStateLabels[trial.state]}
        </span>
        {trial.lease && (
          <span className={styles.lease}>
            <LeaseTime lease={trial.lease} />{' '}
            <span className={styles.token} title="The token of the lease: a report names it.">
              #{trial.lease.token}
            </span>
          </span>
        )}
        <TrialMarks trial={trial} isBest={isBest} onFront={onFront} constraints={constraints} />
        {tell && (
          <Button small variant="quiet" onClick={tell.onSelect} aria-label={`Tell trial ${trial.number}`}>
            Tell…
          </Button>
        )}
      </td>
      {objectives.map((name) => {
        const value = trial.values.get(name)
        return (
          <td key={name} className={styles.value}>
            {value === undefined ? '' : formatMeasured(value, trial.deviations.get(name))}
          </td>
        )
      })}
      {parameters.map((parameter) => (
        <td key={parameter.name} className={choicesOf(parameter) ? undefined : styles.number}>
          {trial.point ? <Value point={trial.point} parameter={parameter} /> : '…'}
        </td>
      ))}
      <td className={styles.worker} title={trial.worker}>
        {trial.worker}
      </td>
      <td className={styles.number}>
        {trial.attempts > 0 && (
          <button
            type="button"
            className={styles.open}
            data-many={trial.attempts > 1 || undefined}
            aria-label={`Attempts of trial ${trial.number}: ${trial.attempts}`}
            title="Who had it, and how it ended"
            onClick={() => open(trial.number)}
          >
            {trial.attempts}
          </button>
        )}
      </td>
      {metrics.map((name) => {
        const value = trial.metrics.get(name)
        return (
          <td key={name} className={styles.number}>
            {value === undefined ? '' : formatNumber(value)}
          </td>
        )
      })}
      <td className={styles.number}>
        <Duration trial={trial} />
      </td>
      <td className={styles.quiet}>
        <Origin trial={trial} />
      </td>
      <Note trial={trial} />
      <td className={styles.actions}>
        {items.length > 0 && (
          <Menu label={`Actions for trial ${trial.number}`} icon={<MoreIcon />} items={items} />
        )}
      </td>
    </tr>
  )
}

interface ValueProps {
  point: Readonly<Record<string, unknown>>
  parameter: ParameterPartsFragment
}

function Value({ point, parameter }: ValueProps) {
  const value = point[parameter.name]
  if (value !== undefined || !parameter.condition) return <>{formatValue(value)}</>
  return (
    <span className={styles.inactive} title={`Not part of this trial: ${conditionText(parameter)}.`}>
      –
    </span>
  )
}

/** Where the point comes from: of the strategy's, which one chose it in the end. */
function Origin({ trial: { origin, proposal } }: { trial: Trial }) {
  if (origin === undefined) return null
  if (!proposal) return <>{trialOriginLabels[origin]}</>
  const { strategy, fallback } = proposal
  return (
    <span title={fallback ?? strategyMeanings[strategy]} data-fallback={fallback === null ? undefined : true}>
      {strategyLabels[strategy]}
      {fallback !== null && <span className={styles.fallback}> instead</span>}
    </span>
  )
}

function Note({ trial }: { trial: Trial }) {
  const text = [trial.exclusionReason, trial.failureReason].filter(Boolean).join(' · ')
  return (
    <td className={styles.note} title={text}>
      {text}
    </td>
  )
}

function Duration({ trial }: { trial: Trial }) {
  if (trial.startedAt === undefined) return null
  const start = Date.parse(trial.startedAt)
  if (trial.finishedAt !== undefined) return <>{formatDuration(Date.parse(trial.finishedAt) - start)}</>
  return trial.state === 'RUNNING' ? <Elapsed since={start} /> : null
}

function Elapsed({ since }: { since: number }) {
  return <>{formatElapsed(useNow() - since)}</>
}
