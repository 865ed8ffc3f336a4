import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useRef } from 'react'
import type { ParameterPartsFragment, TaskDetailFragment } from '../gql/graphql'
import { Card } from '../ui/Card'
import { formatCount } from '../ui/format'
import type { TrialActions } from './hands/useTrialActions'
import { choicesOf } from './pointForm'
import styles from './TrialTable.module.css'
import { rowHeight, TrialTableRow } from './TrialTableRow'
import type { TrialStore } from './trialStore'
import { useFreshRows } from './useFreshRows'
import { useTrials } from './useTrials'

/** Further metrics are in the details of each trial. */
const shownMetrics = 6

interface TrialTableProps {
  task: TaskDetailFragment
  store: TrialStore
  /** The numbers of the trials on the Pareto front. */
  front: ReadonlySet<number>
  actions: TrialActions
  /** To the right of the title. */
  extra: ReactNode
}

/** All trials, newest first; only the rows in view exist in the document. */
export function TrialTable({ task, store, front, actions, extra }: TrialTableProps) {
  const { trials, complete, metricNames } = useTrials(store)
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
  const metrics = metricNames.slice(0, shownMetrics)
  const items = rows.getVirtualItems()
  const above = items[0]?.start ?? 0
  const below = rows.getTotalSize() - (items.at(-1)?.end ?? 0)
  const columns = 8 + parameters.length + objectives.length + metrics.length
  const inView = items.flatMap(({ index }) => trials[trials.length - 1 - index]?.number ?? [])

  return (
    <Card
      title={
        <>
          Trials{' '}
          <span className={styles.count} data-testid="trials-loaded">
            {complete
              ? formatCount(trials.length)
              : `${formatCount(trials.length)} of ${formatCount(task.trialCounts.total)} read`}
          </span>
        </>
      }
      flush
      testId="trials"
      extra={extra}
    >
      <FreshRows store={store} taskId={task.id} numbers={inView} />
      {trials.length === 0 && complete ? (
        <p className={styles.none}>
          {task.status === 'CREATED'
            ? 'No trials yet. Start the task, then connect a worker or take a point yourself.'
            : 'No trials yet. They appear when someone asks for a point.'}
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
                <th scope="col">Worker</th>
                <th scope="col" className={styles.number}>
                  Attempts
                </th>
                {metrics.map((name) => (
                  <th
                    key={name}
                    scope="col"
                    className={styles.number}
                    title="A metric: measured, not optimized"
                  >
                    <i>{name}</i>
                  </th>
                ))}
                <th scope="col" className={styles.number}>
                  Duration
                </th>
                <th scope="col">Origin</th>
                <th scope="col">Note</th>
                <th scope="col" className={styles.actions}>
                  <span className="visually-hidden">Actions</span>
                </th>
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
                      onFront={front.has(trial.number)}
                      parameters={parameters}
                      objectives={objectives}
                      metrics={metrics}
                      constraints={task.constraints}
                      actions={actions}
                    />
                  )
                )
              })}
              {below > 0 && <Gap height={below} columns={columns} />}
            </tbody>
          </table>
        </section>
      )}
    </Card>
  )
}

interface FreshRowsProps {
  store: TrialStore
  taskId: string
  numbers: readonly number[]
}

/** A component of its own, so that its ticking does not render the table. */
function FreshRows({ store, taskId, numbers }: FreshRowsProps) {
  useFreshRows(store, taskId, numbers)
  return null
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
