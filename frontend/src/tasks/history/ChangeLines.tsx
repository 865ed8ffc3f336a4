import { useState } from 'react'
import { Button } from '../../ui/Button'
import type { NameOf } from '../useTaskNames'
import styles from './ChangeLines.module.css'
import { type ChangeLine, changeLines, short, type ToldChange } from './changes'

interface ChangeLinesProps {
  changes: readonly ToldChange[]
  nameOf: NameOf
  /** The rest is shown when it is asked for; all if left out. */
  atFirst?: number
}

/** What changed, a line each: old → new. */
export function ChangeLines({ changes, nameOf, atFirst = Number.POSITIVE_INFINITY }: ChangeLinesProps) {
  const [all, setAll] = useState(false)
  const lines = changes.flatMap((change) => changeLines(change, nameOf))
  // Nobody folds a single line.
  const shown = all || lines.length <= atFirst + 1 ? lines : lines.slice(0, atFirst)
  return (
    <>
      <ul className={styles.lines}>
        {shown.map((line) => (
          <li key={line.key}>
            <span className={styles.label}>{line.label}</span> <Line line={line} />
          </li>
        ))}
      </ul>
      {shown.length < lines.length && (
        <Button small variant="quiet" onClick={() => setAll(true)}>
          Show all {lines.length} lines
        </Button>
      )}
    </>
  )
}

function Line({ line: { old, fresh } }: { line: ChangeLine }) {
  return (
    <>
      {old !== undefined && (
        <>
          <del title={old}>{short(old)}</del>
          {fresh !== undefined && (
            <span className={styles.arrow} role="img" aria-label="becomes">
              {' → '}
            </span>
          )}
        </>
      )}
      {fresh !== undefined && <ins title={fresh}>{short(fresh)}</ins>}
      {old !== undefined && fresh === undefined && <span className={styles.arrow}> removed</span>}
    </>
  )
}
