import type { ResultInput, TableReportPartsFragment } from '../../gql/graphql'

interface ResultTask {
  readonly objectives: readonly { readonly name: string }[]
  readonly parameterSpace: { readonly parameters: readonly { readonly name: string }[] } | null
}

/** What a column of results may hold. */
export function roleLabels(task: ResultTask): (readonly [role: string, label: string])[] {
  const parameters = task.parameterSpace?.parameters ?? []
  return [
    ['leave-out', '(left out)'],
    ...parameters.map(({ name }) => [`parameter:${name}`, name] as const),
    ...task.objectives.map(({ name }) => [`objective:${name}`, `${name}, measured`] as const),
    ...task.objectives.map(({ name }) => [`deviation:${name}`, `± of ${name}`] as const),
    ['failure', 'why it failed'],
  ]
}

/** Roles under the title of the column itself. */
export const ownRoles = [
  ['metric', 'metric of this name'],
  ['metadata', 'note of this name'],
] as const

type Row = TableReportPartsFragment['rows'][number]

/** A row as a finished result; undefined if it has none and is to be run. */
export function toResult(row: Row): ResultInput | undefined {
  const { point, outcome, values, failureReason, metrics, metadata } = row
  const named = Object.entries(metrics).map(([name, value]) => ({ name, value: Number(value) }))
  const beside = {
    ...(named.length > 0 ? { metrics: named } : {}),
    ...(Object.keys(metadata).length > 0 ? { metadata } : {}),
  }
  switch (outcome) {
    case 'PLANNED':
      return undefined
    case 'FAILED':
      return { point, outcome: { failure: { reason: failureReason ?? '' } }, ...beside }
    case 'MEASURED':
      return { point, outcome: { values: values.map(measured) }, ...beside }
  }
}

function measured({ objective, value, standardDeviation }: Row['values'][number]) {
  return standardDeviation === null ? { objective, value } : { objective, value, standardDeviation }
}
