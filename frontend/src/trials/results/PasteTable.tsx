import type { TaskDetailFragment } from '../../gql/graphql'
import { TableField } from '../../tables/TableField'
import { TableReport } from '../../tables/TableReport'
import { formatCount } from '../../ui/format'
import { ProblemList } from '../../ui/ProblemList'
import styles from './Results.module.css'
import { ownRoles, roleLabels } from './roles'
import type { usePastedResults } from './usePastedResults'

interface PasteTableProps {
  task: TaskDetailFragment
  pasted: ReturnType<typeof usePastedResults>
}

/** Takes a table from the clipboard or a file, and shows what would be stored of it. */
export function PasteTable({ task, pasted }: PasteTableProps) {
  const { report, problem } = pasted
  return (
    <>
      <TableField
        label="Table"
        hint="From a spreadsheet or a CSV file: names of the columns first, then one line for each result."
        source={pasted.source}
        placeholder={example(task)}
        autofocus
        onChange={pasted.setSource}
      />
      <ProblemList problems={problem === undefined ? [] : [problem]} />
      {report && (
        <TableReport
          report={report}
          roles={roleLabels(task)}
          ownRoles={ownRoles}
          answers={pasted.answers}
          onAnswer={pasted.answer}
          onForget={pasted.forget}
        >
          <p className={styles.summary} role="status" data-testid="paste-summary">
            {formatCount(report.rowCount)} of{' '}
            {formatCount(report.rowCount + report.refusedCount + report.undecidedCount)} rows can be added.
          </p>
        </TableReport>
      )}
    </>
  )
}

function example(task: TaskDetailFragment): string {
  const names = [
    ...(task.parameterSpace?.parameters ?? []).map(({ name }) => name),
    ...task.objectives.map(({ name }) => name),
  ]
  return `${names.join('\t')}\n…`
}
