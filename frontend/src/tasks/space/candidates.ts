import type { ParameterPartsFragment } from '../../gql/graphql'
import { type ParameterValue, parseNumber } from '../../trials/pointForm'
import { fold, readCells } from '../../trials/results/columns'
import { parseTable } from '../../trials/results/parseTable'
import { listItem, newParameter, type ParameterDraft } from './drafts'

export const mostCandidates = 10_000

export interface ReadCandidates {
  readonly header: readonly string[]
  readonly rows: number
  readonly points: Record<string, ParameterValue>[]
  /** Parameters that no column holds: then no row can be read. */
  readonly missing: readonly string[]
  /** Columns that are no parameter. */
  readonly unused: readonly string[]
  /** What is wrong with a row, by its line. */
  readonly problems: ReadonlyMap<number, string>
  /** Rows that say the same as an earlier one: left out. */
  readonly repeated: number
}

/** A table of the points that there are, read by the names of its columns. */
export function readCandidates(text: string, parameters: readonly ParameterPartsFragment[]): ReadCandidates {
  const { header, rows } = parseTable(text)
  // What has no name yet is told where the name is missing.
  const named = parameters.filter(({ name }) => name !== '')
  const columns = new Map(
    named.map(({ name }) => [name, header.findIndex((title) => fold(title) === fold(name))]),
  )
  const missing = named.filter(({ name }) => columns.get(name) === -1).map(({ name }) => name)
  const used = new Set(columns.values())
  const unused = header.filter((title, index) => !used.has(index) && title !== '')
  const problems = new Map<number, string>()
  const points = new Map<string, Record<string, ParameterValue>>()
  if (missing.length === 0 && header.length > 0) {
    for (const { line, cells } of rows) {
      const row = readCells(named, (name) => cells[columns.get(name) ?? -1] ?? '')
      if (row.problems.length > 0) problems.set(line, row.problems.join(' · '))
      else points.set(JSON.stringify(row.point), points.get(JSON.stringify(row.point)) ?? row.point)
    }
  }
  return {
    header,
    rows: rows.length,
    points: [...points.values()],
    missing: header.length === 0 ? [] : missing,
    unused,
    problems,
    repeated: missing.length > 0 ? 0 : rows.length - problems.size - points.size,
  }
}

/** The parameters that a table of points has: its columns, without those that hold what is measured. */
export function parametersOf(text: string, measured: readonly string[]): ParameterDraft[] {
  const { header, rows } = parseTable(text)
  const objectives = new Set(measured.map(fold))
  return header.flatMap((title, index) => {
    if (title === '' || objectives.has(fold(title))) return []
    const cells = rows.map(({ cells }) => cells[index] ?? '').filter((cell) => cell !== '')
    return [{ ...newParameter(), name: title, ...domainOf(cells) }]
  })
}

function domainOf(cells: readonly string[]): Partial<ParameterDraft> {
  const numbers = cells.flatMap((cell) => parseNumber(cell) ?? [])
  const [low, high] = [least(numbers), greatest(numbers)]
  if (numbers.length < cells.length || low === undefined || high === undefined || low === high) {
    return { kind: 'categorical', values: [...new Set(cells)].map(asListItem).join(', ') }
  }
  const kind = numbers.every(Number.isInteger) ? 'int' : 'float'
  return { kind, low: String(low), high: String(high) }
}

/** Numbers of a mixed column stay numbers. */
function asListItem(cell: string): string {
  return parseNumber(cell) === undefined ? listItem(cell) : cell.replace(',', '.')
}

function least(numbers: readonly number[]): number | undefined {
  return numbers.length === 0 ? undefined : numbers.reduce((a, b) => Math.min(a, b))
}

function greatest(numbers: readonly number[]): number | undefined {
  return numbers.length === 0 ? undefined : numbers.reduce((a, b) => Math.max(a, b))
}

/** The candidates of a task as a table, to be changed. */
export function candidatesText(
  points: readonly Readonly<Record<string, unknown>>[],
  names: readonly string[],
): string {
  if (points.length === 0) return ''
  const lines = points.map((point) => names.map((name) => cell(point[name])).join(','))
  return [names.map(cell).join(','), ...lines].join('\n')
}

function cell(value: unknown): string {
  const text = value === undefined || value === null ? '' : String(value)
  return /[",;\t\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
