import type { ImportancePartsFragment, ObjectiveModelPartsFragment } from '../../gql/graphql'

export interface ParameterWeight {
  readonly parameter: string
  /** The share of the variance of the results that it explains (fANOVA); undefined where it is not known. */
  readonly importance: number | undefined
  /** How much the model itself turns by it, 0 to 1. */
  readonly relevance: number | undefined
  readonly lengthScale: number | undefined
}

/** How much each parameter matters to an objective, by both accounts; what matters most first. */
export function weights(
  parameters: readonly string[],
  objective: string,
  importance: readonly ImportancePartsFragment[] | null,
  model: ObjectiveModelPartsFragment | undefined,
): ParameterWeight[] {
  const shares = new Map(
    (importance ?? [])
      .filter((one) => one.objective === objective)
      .map((one) => [one.parameter, one.importance]),
  )
  const effects = new Map((model?.parameters ?? []).map((effect) => [effect.parameter, effect]))
  return parameters
    .map((parameter) => ({
      parameter,
      importance: shares.get(parameter),
      relevance: effects.get(parameter)?.relevance,
      lengthScale: effects.get(parameter)?.lengthScale,
    }))
    .sort((a, b) => weight(b) - weight(a))
}

function weight({ importance, relevance }: ParameterWeight): number {
  return importance ?? relevance ?? 0
}
