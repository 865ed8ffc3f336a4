import type { ReactNode } from 'react'
import type { TableAnswerInput, TableReportPartsFragment } from '../gql/graphql'
import { Button } from '../ui/Button'
import { Choice } from '../ui/Choice'
import { formatCount, formatValue } from '../ui/format'
import { ProblemList } from '../ui/ProblemList'
import { kindLabels, questionLabels, readingLabel } from './labels'
import styles from './Tables.module.css'

const shownRows = 20
const shownRefused = 50

interface TableReportProps {
  report: TableReportPartsFragment
  /** Roles to choose from, with their names. */
  roles: readonly (readonly [value: string, label: string])[]
  /** Roles that name the column itself, such as a metric. */
  ownRoles?: readonly (readonly [role: string, label: string])[]
  /** Answers that were given. */
  answers: readonly TableAnswerInput[]
  onAnswer: (answer: TableAnswerInput) => void
  /** Takes an answer back: the question is asked again. */
  onForget: (answer: TableAnswerInput) => void
  children?: ReactNode
}

/** What the server makes of a table: questions first, then columns, rows, and what was recognised. */
export function TableReport({ report, roles, ownRoles = [], children, ...answering }: TableReportProps) {
  const { onAnswer } = answering
  return (
    <div className={styles.report} data-testid="table-report">
      <ProblemList problems={report.problems.map(({ message }) => message)} />
      <Questions questions={report.questions} {...answering} />
      <Answered report={report} {...answering} />
      <Columns columns={report.columns} roles={roles} ownRoles={ownRoles} onAnswer={onAnswer} />
      {children}
      <Refused report={report} />
      <Rows report={report} />
      <Notices notices={report.notices} />
    </div>
  )
}

type Report = TableReportPartsFragment

type Answering = Pick<TableReportProps, 'answers' | 'onAnswer' | 'onForget'>

function Questions({ questions, answers, onAnswer }: Pick<Report, 'questions'> & Answering) {
  // What a column holds is chosen in the table of the columns.
  // Of several columns that may hold the same, each has the question.
  const once = questions.filter(
    ({ code, message }, index) =>
      code !== 'ROLE' || questions.findIndex((other) => other.message === message) === index,
  )
  return once.map(({ code, column, message, readings }) =>
    code === 'ROLE' ? (
      <p key={`${code} ${column}`} className={styles.asked} data-testid="table-question">
        {message}
      </p>
    ) : (
      <div key={`${code} ${column}`} className={styles.question} data-testid="table-question">
        <Choice
          label={message}
          value={readingOf(answers, code, column)}
          options={readings.map(({ value, label }) => [value, label, ''] as const)}
          onChange={(reading) => onAnswer({ question: code, column, reading })}
        />
      </div>
    ),
  )
}

function readingOf(answers: readonly TableAnswerInput[], code: Question['code'], column: number | null) {
  const given = answers.find((answer) => answer.question === code && (answer.column ?? null) === column)
  return given?.reading
}

type Question = Report['questions'][number]

/** What was chosen, so that it can be chosen anew. Roles are chosen in the table of the columns. */
function Answered({ report, answers, onForget }: { report: Report } & Answering) {
  const isOpen = ({ question, column }: TableAnswerInput) =>
    report.questions.some((open) => open.code === question && open.column === (column ?? null))
  const settled = answers.filter((answer) => answer.question !== 'ROLE' && !isOpen(answer))
  if (settled.length === 0) return null
  return (
    <ul className={styles.answered} data-testid="table-answers">
      {settled.map((answer) => {
        const title = report.columns.find(({ index }) => index === answer.column)?.title
        const label = `${questionLabels[answer.question]}${title === undefined ? '' : ` of “${title}”`}`
        return (
          <li key={`${answer.question} ${answer.column}`}>
            {label}: <b>{readingLabel(answer.reading)}</b>{' '}
            <Button small onClick={() => onForget(answer)}>
              Change
            </Button>
          </li>
        )
      })}
    </ul>
  )
}

type ColumnsProps = Pick<Report, 'columns'> &
  Required<Pick<TableReportProps, 'roles' | 'ownRoles' | 'onAnswer'>>

function Columns({ columns, roles, ownRoles, onAnswer }: ColumnsProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className={styles.scroll} aria-label="Columns" tabIndex={0}>
      <table data-testid="table-columns">
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">Holds</th>
            <th scope="col">Values</th>
          </tr>
        </thead>
        <tbody>
          {columns.map(({ index, title, unit, kind, role, low, high, choices }) => (
            <tr key={index} data-off={role === 'leave-out' || undefined}>
              <td>{title}</td>
              <td>
                <select
                  aria-label={`What “${title}” holds`}
                  value={role}
                  onChange={(event) =>
                    onAnswer({ question: 'ROLE', column: index, reading: event.target.value })
                  }
                >
                  {options(roles, ownRoles, title, role).map(([value, label]) => (
                    <option key={value} value={value}>
                      {label}
                    </option>
                  ))}
                </select>
              </td>
              <td>
                {kindLabels[kind]}
                {unit !== null && ` in ${unit}`}
                {valuesOf(low, high, choices)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function options(
  roles: ColumnsProps['roles'],
  ownRoles: ColumnsProps['ownRoles'],
  title: string,
  role: string,
): (readonly [string, string])[] {
  const all = [...roles, ...ownRoles.map(([own, label]) => [`${own}:${title}`, label] as const)]
  return all.some(([value]) => value === role) ? all : [...all, [role, role.replace(':', ' ')]]
}

function valuesOf(low: number | null, high: number | null, choices: readonly unknown[] | null): string {
  if (choices) {
    const shown = choices.slice(0, 4).map((choice) => formatValue(choice))
    return `: ${shown.join(', ')}${choices.length > 4 ? ', …' : ''}`
  }
  return low === null || high === null ? '' : `: ${formatValue(low)} to ${formatValue(high)}`
}

function Refused({ report: { refusedRows, refusedCount } }: { report: Report }) {
  if (refusedCount === 0) return null
  return (
    <section className={styles.refused} aria-label="Rows that cannot be used">
      <h4>
        {formatCount(refusedCount)} {refusedCount === 1 ? 'row' : 'rows'} cannot be used
      </h4>
      <ul data-testid="table-refused">
        {refusedRows.slice(0, shownRefused).map(({ line, reasons }) => (
          <li key={line}>
            <b>Line {line}</b> {reasons.join(' · ')}
          </li>
        ))}
      </ul>
      {refusedCount > shownRefused && <p>… and {formatCount(refusedCount - shownRefused)} more.</p>}
    </section>
  )
}

function Rows({ report: { rows, rowCount } }: { report: Report }) {
  const [first] = rows
  if (!first) return null
  const shown = rows.slice(0, shownRows)
  const names = [...new Set(shown.flatMap(({ point }) => Object.keys(point)))]
  const objectives = [...new Set(rows.flatMap(({ values }) => values.map(({ objective }) => objective)))]
  const unmeasured = rows.some(({ outcome }) => outcome !== 'MEASURED') && objectives.length > 0
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className={styles.scroll} aria-label="Rows as they would be stored" tabIndex={0}>
      <table data-testid="table-rows">
        <thead>
          <tr>
            <th scope="col">Line</th>
            {[...names, ...objectives].map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
            {unmeasured && <th scope="col">Outcome</th>}
          </tr>
        </thead>
        <tbody>
          {shown.map(({ line, point, outcome, values, failureReason }) => (
            <tr key={line}>
              <td>{line}</td>
              {names.map((name) => (
                <td key={name}>{point[name] === undefined ? '–' : formatValue(point[name])}</td>
              ))}
              {objectives.map((name) => (
                <td key={name}>{measured(values, name)}</td>
              ))}
              {unmeasured && <td>{outcomeText(outcome, failureReason)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
      {rowCount > shownRows && (
        <p className={styles.rest}>… and {formatCount(rowCount - shownRows)} more rows</p>
      )}
    </section>
  )
}

type Row = Report['rows'][number]

function measured(values: Row['values'], name: string): string {
  const found = values.find(({ objective }) => objective === name)
  if (!found) return '–'
  const deviation = found.standardDeviation
  return `${formatValue(found.value)}${deviation === null ? '' : ` ± ${formatValue(deviation)}`}`
}

function outcomeText(outcome: Row['outcome'], reason: string | null): string {
  switch (outcome) {
    case 'MEASURED':
      return ''
    case 'PLANNED':
      return 'to be run'
    case 'FAILED':
      return `failed: ${reason ?? ''}`
  }
}

function Notices({ notices }: Pick<Report, 'notices'>) {
  if (notices.length === 0) return null
  return (
    <details className={styles.notices} open data-testid="table-notices">
      <summary>What was recognised ({formatCount(notices.length)})</summary>
      <ul>
        {notices.map(({ code, message }) => (
          <li key={`${code} ${message}`}>{message}</li>
        ))}
      </ul>
    </details>
  )
}
