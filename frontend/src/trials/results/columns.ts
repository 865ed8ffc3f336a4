import type { ParameterPartsFragment, ResultInput } from '../../gql/graphql'
import { neededMetrics, type TellTask } from '../hands/tellForm'
import { choicesOf, isActive, type ParameterValue, parseNumber, parseValue } from '../pointForm'
import type { PastedRow, PastedTable } from './parseTable'

/** What a column holds; the roles with a name as `parameter:temperature`, so that a list can choose them. */
export type ColumnRole =
  | 'ignore'
  | 'failure'
  | 'metric'
  | `parameter:${string}`
  | `value:${string}`
  | `deviation:${string}`

export interface ResultTask extends TellTask {
  readonly parameterSpace: { readonly parameters: readonly ParameterPartsFragment[] } | null
}

export function roleLabels(task: ResultTask): (readonly [ColumnRole, string])[] {
  const parameters = task.parameterSpace?.parameters ?? []
  return [
    ['ignore', '(left out)'],
    ...parameters.map(({ name }) => [`parameter:${name}`, name] as const),
    ...task.objectives.map(({ name }) => [`value:${name}`, `${name}, measured`] as const),
    ...task.objectives.map(({ name }) => [`deviation:${name}`, `± of ${name}`] as const),
    ['metric', 'metric of this name'],
    ['failure', 'why it failed'],
  ]
}

const deviationWords = /\b(sd|std|stdev|stddev|standard deviation|sigma|error|uncertainty|±)\b|[±σ]/gi
const failureWords = /^(failure|failed|fail|error|reason|failure reason)$/

/** What the columns most likely hold, by their names; each role with a name is given once. */
export function guessRoles(header: readonly string[], task: ResultTask): ColumnRole[] {
  const parameters = task.parameterSpace?.parameters ?? []
  const needed = new Set(neededMetrics(task).map(fold))
  const taken = new Set<ColumnRole>()
  return header.map((title) => {
    const role = guess(title)
    if (role.includes(':') && taken.has(role)) return 'ignore'
    taken.add(role)
    return role
  })

  function guess(title: string): ColumnRole {
    const name = fold(title)
    const parameter = parameters.find((one) => fold(one.name) === name)
    if (parameter) return `parameter:${parameter.name}`
    const objective = task.objectives.find((one) => fold(one.name) === name)
    if (objective) return `value:${objective.name}`
    if (needed.has(name)) return 'metric'
    const bare = fold(title.replaceAll('_', ' ').replace(deviationWords, ''))
    const uncertain = bare !== name && task.objectives.find((one) => fold(one.name) === bare)
    if (uncertain) return `deviation:${uncertain.name}`
    return failureWords.test(title.trim().toLowerCase()) ? 'failure' : 'ignore'
  }
}

/** Without case, separators and units in brackets: `Temp (°C)` and `temp` are one. */
export function fold(title: string): string {
  return title
    .replace(/\([^)]*\)|\[[^\]]*\]/g, '')
    .toLowerCase()
    .replace(/[\s_\-.]+/g, '')
}

export type ReadRow =
  | { readonly line: number; readonly result: ResultInput; readonly problems?: never }
  | { readonly line: number; readonly problems: readonly string[]; readonly result?: never }

/** What the columns lack altogether: then no row can be read. */
export function missingRoles(roles: readonly ColumnRole[], task: ResultTask): string[] {
  const parameters = (task.parameterSpace?.parameters ?? [])
    .filter(({ name }) => !roles.includes(`parameter:${name}`))
    .map(({ name }) => name)
  if (roles.includes('failure')) return parameters
  return [
    ...parameters,
    ...task.objectives.filter(({ name }) => !roles.includes(`value:${name}`)).map(({ name }) => name),
  ]
}

/** Each row as the server wants it, or what is wrong with it. */
export function readRows(table: PastedTable, roles: readonly ColumnRole[], task: ResultTask): ReadRow[] {
  return table.rows.map((row) => readRow(row, table.header, roles, task))
}

function readRow(
  { line, cells }: PastedRow,
  header: readonly string[],
  roles: readonly ColumnRole[],
  task: ResultTask,
): ReadRow {
  const problems: string[] = []
  const cellOf = (role: ColumnRole) => cells[roles.indexOf(role)] ?? ''
  if (cells.length > header.length) {
    problems.push(`has ${cells.length} cells, the head has ${header.length}`)
  }
  const { point, problems: ofPoint } = readCells(task.parameterSpace?.parameters ?? [], (name) =>
    cellOf(`parameter:${name}`),
  )
  problems.push(...ofPoint)
  const number = (what: string, text: string): number | undefined => {
    const value = parseNumber(text)
    if (value === undefined) {
      problems.push(text === '' ? `${what}: is empty` : `${what}: “${text}” is no number`)
    }
    return value
  }
  const reason = cellOf('failure')
  const metrics = roles.flatMap((role, index) => {
    const text = role === 'metric' ? (cells[index] ?? '') : ''
    if (text === '') return []
    const name = header[index] ?? ''
    return [{ name, value: number(name, text) ?? 0 }]
  })
  const values =
    reason === ''
      ? task.objectives.map(({ name }) => {
          const value = number(name, cellOf(`value:${name}`)) ?? 0
          const deviation = cellOf(`deviation:${name}`)
          if (deviation === '') return { objective: name, value }
          return { objective: name, value, standardDeviation: number(`± of ${name}`, deviation) ?? 0 }
        })
      : []
  if (problems.length > 0) return { line, problems }
  return {
    line,
    result: {
      point,
      outcome: reason === '' ? { values } : { failure: { reason } },
      ...(metrics.length > 0 ? { metrics } : {}),
    },
  }
}

/** The point that a row of a table holds. An inactive parameter has an empty cell. */
export function readCells(
  parameters: readonly ParameterPartsFragment[],
  cellOf: (name: string) => string,
): { point: Record<string, ParameterValue>; problems: string[] } {
  const point: Record<string, ParameterValue> = {}
  const problems: string[] = []
  for (const parameter of parameters) {
    const { name } = parameter
    const cell = cellOf(name)
    if (isActive(parameter, point)) {
      const parsed = parseCell(parameter, cell)
      if ('problem' in parsed) problems.push(`${name}: ${parsed.problem}`)
      else point[name] = parsed.value
    } else if (!noValue.test(cell)) {
      problems.push(
        `${name}: has a value, but does not exist with ${parameter.condition?.parameter} as it is`,
      )
    }
  }
  return { point, problems }
}

/** How tables write that there is no value. */
const noValue = /^(|-|–|n\/?a|nan|null|none)$/i

/** Choices are written out in a table, not counted. */
function parseCell(
  parameter: ParameterPartsFragment,
  text: string,
): { readonly value: ParameterValue } | { readonly problem: string } {
  const choices = choicesOf(parameter)
  if (text === '') return { problem: 'is empty' }
  if (!choices) return parseValue(parameter, text)
  const same = (choice: ParameterValue) => {
    const number = typeof choice === 'number' ? parseNumber(text) : undefined
    return choice === number || String(choice).toLowerCase() === text.toLowerCase()
  }
  const value = choices.find((choice) => String(choice) === text) ?? choices.find(same)
  return value === undefined ? { problem: `“${text}” is not one of ${choices.join(', ')}` } : { value }
}
