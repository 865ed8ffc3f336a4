import type { StrategyPartsFragment } from '../../gql/graphql'
import { formatNumber } from '../../ui/format'
import { defaultTimeLimit } from './drafts'
import { acquisitionLabels } from './words'

type Fact = readonly [name: string, value: string]

/** What was set of a strategy, beside its defaults. */
export function settingsText(strategy: StrategyPartsFragment): Fact[] {
  const { gp, tpe, grid, nsga2, replicates, timeLimitSeconds } = strategy
  return [
    ...(gp
      ? [
          ['Next point by', acquisitionLabels[gp.acquisition]] as const,
          ...given('Optimism', gp.exploration, (value) => `${formatNumber(value)} deviations`),
          ...given('Points before the model', gp.startup),
          ...gp.noise.map(
            ({ objective, deviation }) => [`Error of ${objective}`, `± ${formatNumber(deviation)}`] as const,
          ),
        ]
      : []),
    ...given('Random points first', tpe?.startup),
    ...given('Candidates per point', tpe?.candidates),
    ...given('Values per parameter', grid?.values),
    ...given('Trials per generation', nsga2?.population),
    ...given('Crossover', nsga2?.crossover),
    ...given('Mutation', nsga2?.mutation),
    ...given('Trials per point', replicates),
    ...(timeLimitSeconds === defaultTimeLimit
      ? []
      : [['Time limit', `${formatNumber(timeLimitSeconds)} s`] as const]),
  ]
}

function given(
  name: string,
  value: number | null | undefined,
  text: (value: number) => string = formatNumber,
): Fact[] {
  return value === null || value === undefined ? [] : [[name, text(value)]]
}
