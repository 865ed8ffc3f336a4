import { formatValue } from '../ui/format'
import styles from './PointList.module.css'

/** A point, to be read off at the bench; the exact numbers are in the tooltips. */
export function PointList({ point }: { point: Readonly<Record<string, unknown>> }) {
  return (
    <dl className={styles.point}>
      {Object.entries(point).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd title={String(value)}>{formatValue(value)}</dd>
        </div>
      ))}
    </dl>
  )
}
