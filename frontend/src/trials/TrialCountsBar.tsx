import type { TaskRowFragment } from '../gql/graphql'
import { formatCount } from '../ui/format'
import styles from './TrialCountsBar.module.css'

type Counts = TaskRowFragment['trialCounts']
type CountKey = Exclude<keyof Counts, 'total'>

/** In the order in which they are drawn. */
const labels: Readonly<Record<CountKey, string>> = {
  completed: 'completed',
  failed: 'failed',
  infeasible: 'infeasible',
  pruned: 'pruned',
  abandoned: 'abandoned',
  running: 'running',
  waiting: 'waiting',
}

const keys = Object.keys(labels) as readonly CountKey[]

/** How many trials are in which state, as a bar and in numbers. */
export function TrialCountsBar({ counts }: { counts: Counts }) {
  const present = keys.filter((key) => counts[key] > 0)
  return (
    <div className={styles.counts} data-testid="trial-counts">
      <div className={styles.bar} aria-hidden="true">
        {present.map((key) => (
          <span key={key} data-part={key} style={{ flexGrow: counts[key] }} />
        ))}
      </div>
      <ul className={styles.numbers}>
        {counts.total === 0 && <li>no trials yet</li>}
        {present.map((key) => (
          <li key={key} data-part={key}>
            <b>{formatCount(counts[key])}</b> {labels[key]}
          </li>
        ))}
      </ul>
    </div>
  )
}
