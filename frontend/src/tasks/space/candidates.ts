import type { ParameterPartsFragment, TableParameterInput, TableReportPartsFragment } from '../../gql/graphql'
import type { TableReading } from '../../tables/useTable'
import { type CandidatesDraft, listItem, newParameter, type ParameterDraft } from './drafts'

export const mostCandidates = 10_000

/** The parameters as the reader of tables takes them; those without a name are left out. */
export function tableParameters(parameters: readonly ParameterPartsFragment[]): TableParameterInput[] {
  return parameters.filter(({ name }) => name !== '').map(tableParameter)
}

function tableParameter(parameter: ParameterPartsFragment): TableParameterInput {
  const { name, condition } = parameter
  const optional = condition !== null
  switch (parameter.__typename) {
    case 'FloatParameter':
      return { name, kind: 'FLOAT', optional }
    case 'IntParameter':
      return { name, kind: 'INT', optional }
    case 'CategoricalParameter':
      return { name, kind: 'CHOICES', choices: [...parameter.choices], optional }
    case 'OrdinalParameter':
      return { name, kind: 'CHOICES', choices: [...parameter.levels], optional }
  }
}

type Point = Readonly<Record<string, unknown>>

/** The points of a table, each once, or why they are not to be used. */
export function pointsOf({
  report,
  problem,
  isCurrent,
}: TableReading): Pick<CandidatesDraft, 'points' | 'problem'> & { repeated: number } {
  const none = (text: string) => ({ points: [], problem: text, repeated: 0 })
  if (problem !== undefined) return none(problem)
  if (!report || !isCurrent) return none('The table is still being read.')
  const [wrong] = report.problems
  if (wrong) return none(wrong.message)
  const [question] = report.questions
  if (question) return none(`The table leaves something open: ${question.message}`)
  const points = new Map<string, Point>()
  for (const { point } of report.rows) points.set(JSON.stringify(point), point)
  if (report.rowCount > mostCandidates) return none('These are too many candidates.')
  return { points: [...points.values()], problem: undefined, repeated: report.rows.length - points.size }
}

type Column = TableReportPartsFragment['columns'][number]

/** The parameters that a table of points has: its columns that are not left out and hold no objective. */
export function parametersOf(columns: readonly Column[]): ParameterDraft[] {
  return columns.flatMap((column) => {
    const name = /^parameter:(.*)$/s.exec(column.role)?.[1]
    return name === undefined ? [] : [{ ...newParameter(), name, ...domainOf(column) }]
  })
}

function domainOf({ kind, low, high, choices }: Column): Partial<ParameterDraft> {
  if (low !== null && high !== null && low < high) {
    return { kind: kind === 'NUMBER' ? 'float' : 'int', low: String(low), high: String(high) }
  }
  const values = choices ?? (low === null ? [] : [low])
  return { kind: 'categorical', values: values.map(asListItem).join(', ') }
}

/** Numbers and booleans are written as they are; texts that look like them are quoted. */
function asListItem(value: string | number | boolean): string {
  return typeof value === 'string' ? listItem(value) : String(value)
}

/** The candidates of a task as a table, to be changed. */
export function candidatesDraft(points: readonly Point[], names: readonly string[]): CandidatesDraft {
  return { source: { text: candidatesText(points, names) }, answers: [], points, problem: undefined }
}

export function candidatesText(points: readonly Point[], names: readonly string[]): string {
  if (points.length === 0) return ''
  const lines = points.map((point) => names.map((name) => cell(point[name])).join(','))
  return [names.map(cell).join(','), ...lines].join('\n')
}

function cell(value: unknown): string {
  const text = value === undefined || value === null ? '' : String(value)
  return /[",;\t\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
