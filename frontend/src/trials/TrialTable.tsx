import { useVirtualizer } from '@tanstack/react-virtual'
import { useRef, useState } from 'react'
import type { ParameterPartsFragment, TaskDetailFragment } from '../gql/graphql'
import { Button } from '../ui/Button'
import { Card } from '../ui/Card'
import { formatCount, formatDuration, formatElapsed, formatNumber, formatValue } from '../ui/format'
import { useNow } from '../ui/useNow'
import { choicesOf } from './pointForm'
import { trialOriginLabels, trialStateLabels, trialStateMeanings } from './state'
import { TellDialog } from './TellDialog'
import styles from './TrialTable.module.css'
import type { Trial } from './trial'
import type { TrialStore } from './trialStore'
import { useTrials } from './useTrials'

const rowHeight = 34

interface TrialTableProps {
  task: TaskDetailFragment
  store: TrialStore
}

/** All trials, newest first; only the rows in view exist in the document. */
export function TrialTable({ task, store }: TrialTableProps) {
  const { trials, complete } = useTrials(store)
  const [telling, setTelling] = useState<Trial>()
  const scroller = useRef<HTMLElement>(null)
  const rows = useVirtualizer({
    count: trials.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    // The newest is on top: keyed by number, a reader further down keeps the place.
    getItemKey: (index) => trials[trials.length - 1 - index]?.number ?? index,
  })
  const parameters = task.parameterSpace?.parameters ?? []
  const objectives = task.objectives.map(({ name }) => name)
  const items = rows.getVirtualItems()
  const above = items[0]?.start ?? 0
  const below = rows.getTotalSize() - (items.at(-1)?.end ?? 0)
  const columns = 6 + parameters.length + objectives.length

  return (
    <Card
      title="Trials"
      flush
      testId="trials"
      extra={
        <span className={styles.count} data-testid="trials-loaded">
          {complete
            ? formatCount(trials.length)
            : `${formatCount(trials.length)} of ${formatCount(task.trialCounts.total)} read`}
        </span>
      }
    >
      {trials.length === 0 && complete ? (
        <p className={styles.none}>
          {task.status === 'CREATED'
            ? 'No trials yet. Start the task, then connect a worker.'
            : 'No trials yet. They appear when a worker asks for a point.'}
        </p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        <section className={styles.scroller} ref={scroller} aria-label="Trials" tabIndex={0}>
          <table className={styles.table} aria-rowcount={trials.length + 1}>
            <thead>
              <tr>
                <th scope="col" className={styles.number}>
                  #
                </th>
                <th scope="col">State</th>
                {objectives.map((name) => (
                  <th key={name} scope="col" className={styles.number}>
                    {name}
                  </th>
                ))}
                {parameters.map((parameter) => (
                  <th key={parameter.name} scope="col" className={columnClass(parameter)}>
                    {parameter.name}
                  </th>
                ))}
                <th scope="col">Origin</th>
                <th scope="col">Worker</th>
                <th scope="col" className={styles.number}>
                  Duration
                </th>
                <th scope="col">Note</th>
              </tr>
            </thead>
            <tbody>
              {above > 0 && <Gap height={above} columns={columns} />}
              {items.map((item) => {
                const trial = trials[trials.length - 1 - item.index]
                return (
                  trial && (
                    <TrialTableRow
                      key={item.key}
                      trial={trial}
                      index={item.index}
                      isBest={trial.number === task.bestTrial?.number}
                      parameters={parameters}
                      objectives={objectives}
                      onTell={setTelling}
                    />
                  )
                )
              })}
              {below > 0 && <Gap height={below} columns={columns} />}
            </tbody>
          </table>
        </section>
      )}
      {telling && <TellDialog task={task} trial={telling} onClose={() => setTelling(undefined)} />}
    </Card>
  )
}

/** Numbers are aligned by their digits, names by their beginning. */
function columnClass(parameter: ParameterPartsFragment): string | undefined {
  return choicesOf(parameter) ? undefined : styles.number
}

function Gap({ height, columns }: { height: number; columns: number }) {
  return (
    <tr className={styles.gap}>
      <td colSpan={columns} style={{ height }} />
    </tr>
  )
}

interface TrialTableRowProps {
  trial: Trial
  index: number
  isBest: boolean
  parameters: readonly ParameterPartsFragment[]
  objectives: readonly string[]
  onTell: (trial: Trial) => void
}

function TrialTableRow({ trial, index, isBest, parameters, objectives, onTell }: TrialTableRowProps) {
  return (
    <tr
      aria-rowindex={index + 2}
      data-testid="trial-row"
      data-best={isBest || undefined}
      style={{ height: rowHeight }}
    >
      <td className={styles.number}>{trial.number}</td>
      <td>
        <span className={styles.state} data-state={trial.state} title={trialStateMeanings[trial.state]}>
          {trialStateLabels[trial.state]}
        </span>
        {trial.late && (
          <span className={styles.tag} title="The result came after the lease or the task had ended.">
            late
          </span>
        )}
        {isBest && <span className={styles.bestTag}>best</span>}
        {trial.state === 'RUNNING' && (
          <Button
            small
            variant="quiet"
            onClick={() => onTell(trial)}
            aria-label={`Tell trial ${trial.number}`}
          >
            Tell…
          </Button>
        )}
      </td>
      {objectives.map((name) => {
        const value = trial.values.get(name)
        return (
          <td key={name} className={styles.value}>
            {value === undefined ? '' : formatNumber(value)}
          </td>
        )
      })}
      {parameters.map((parameter) => (
        <td key={parameter.name} className={columnClass(parameter)}>
          {trial.point ? formatValue(trial.point[parameter.name]) : '…'}
        </td>
      ))}
      <td className={styles.quiet}>{trial.origin ? trialOriginLabels[trial.origin] : ''}</td>
      <td className={styles.quiet}>{trial.worker}</td>
      <td className={styles.number}>
        <Duration trial={trial} />
      </td>
      <td className={styles.note} title={trial.failureReason}>
        {trial.failureReason}
      </td>
    </tr>
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
