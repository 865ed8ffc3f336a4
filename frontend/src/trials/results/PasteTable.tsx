import { Fragment } from 'react'
import type { TaskDetailFragment } from '../../gql/graphql'
import { Field } from '../../ui/Field'
import { formatCount } from '../../ui/format'
import { ProblemList } from '../../ui/ProblemList'
import { type ColumnRole, roleLabels } from './columns'
import styles from './Results.module.css'
import type { usePastedResults } from './usePastedResults'

const shownRows = 200

interface PasteTableProps {
  task: TaskDetailFragment
  pasted: ReturnType<typeof usePastedResults>
}

/** Takes a table from the clipboard or a file, and shows what each column is taken for. */
export function PasteTable({ task, pasted }: PasteTableProps) {
  const { table, missing } = pasted
  return (
    <>
      <Field
        label="Table"
        hint="From a spreadsheet or a CSV file: names of the columns first, then one line for each result."
      >
        {(parts) => (
          <textarea
            {...parts}
            data-autofocus
            rows={table.rows.length > 0 ? 4 : 7}
            spellCheck={false}
            wrap="off"
            style={{ fontFamily: 'var(--mono)', fontSize: 'var(--text-s)' }}
            placeholder={example(task)}
            value={pasted.text}
            onChange={(event) => pasted.setText(event.target.value)}
          />
        )}
      </Field>
      <label className={styles.file}>
        or choose a file
        <input
          type="file"
          accept=".csv,.tsv,.txt,text/csv,text/tab-separated-values"
          onChange={async (event) => {
            const file = event.target.files?.[0]
            if (file) pasted.setText(await file.text())
          }}
        />
      </label>
      {table.rows.length > 0 && (
        <>
          <Preview task={task} pasted={pasted} />
          <ProblemList
            problems={missing.length > 0 ? [`No column holds ${missing.join(', ')}. Choose one above.`] : []}
          />
          {missing.length === 0 && <Summary pasted={pasted} />}
        </>
      )}
    </>
  )
}

function Summary({ pasted }: Pick<PasteTableProps, 'pasted'>) {
  const { good, bad, leaveOut, setLeaveOut } = pasted
  return (
    <div className={styles.summary} role="status">
      <p>
        {formatCount(good)} of {formatCount(good + bad)} rows can be added.
      </p>
      {bad > 0 && good > 0 && (
        <label className={styles.check}>
          <input type="checkbox" checked={leaveOut} onChange={(event) => setLeaveOut(event.target.checked)} />
          Leave out the {bad === 1 ? 'row' : `${formatCount(bad)} rows`} with problems
        </label>
      )}
    </div>
  )
}

function Preview({ task, pasted }: PasteTableProps) {
  const { table, roles, setRole, problems, missing } = pasted
  const labels = roleLabels(task)
  // Rows with problems first: those are what there is to look at.
  const inOrder =
    missing.length > 0
      ? table.rows
      : [
          ...table.rows.filter(({ line }) => problems.has(line)),
          ...table.rows.filter(({ line }) => !problems.has(line)),
        ]
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className={styles.preview} aria-label="What will be added" tabIndex={0}>
      <table data-testid="paste-preview">
        <thead>
          <tr>
            <th scope="col">Line</th>
            {table.header.map((title, index) => (
              <th key={index} scope="col">
                <span>{title || '–'}</span>
                <select
                  aria-label={`What “${title}” holds`}
                  value={roles[index]}
                  onChange={(event) => setRole(index, event.target.value as ColumnRole)}
                >
                  {labels.map(([role, label]) => (
                    <option key={role} value={role}>
                      {label}
                    </option>
                  ))}
                </select>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {inOrder.slice(0, shownRows).map(({ line, cells }) => {
            const problem = missing.length > 0 ? undefined : problems.get(line)
            return (
              <Fragment key={line}>
                <tr data-bad={problem !== undefined || undefined}>
                  <td>{line}</td>
                  {table.header.map((_, index) => (
                    <td key={index} data-off={roles[index] === 'ignore' || undefined}>
                      {cells[index]}
                    </td>
                  ))}
                </tr>
                {problem !== undefined && (
                  <tr data-bad>
                    <td />
                    <td colSpan={table.header.length} className={styles.rowProblem}>
                      <span>{problem}</span>
                    </td>
                  </tr>
                )}
              </Fragment>
            )
          })}
        </tbody>
      </table>
      {table.rows.length > shownRows && (
        <p className={styles.note}>… and {formatCount(table.rows.length - shownRows)} more rows</p>
      )}
    </section>
  )
}

function example(task: TaskDetailFragment): string {
  const names = [
    ...(task.parameterSpace?.parameters ?? []).map(({ name }) => name),
    ...task.objectives.map(({ name }) => name),
  ]
  return `${names.join('\t')}\n…`
}
