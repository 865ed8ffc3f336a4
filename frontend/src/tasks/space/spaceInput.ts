import type {
  ParameterInput,
  ParameterPartsFragment,
  ParameterSpaceInput,
  SpacePartsFragment,
} from '../../gql/graphql'

/** A space that the server has told, as it takes it. */
export function spaceInput(
  space: SpacePartsFragment & { readonly candidates: readonly Record<string, unknown>[] },
): ParameterSpaceInput {
  return {
    parameters: space.parameters.map(parameterInput),
    constraints: space.constraints.map(({ terms, atLeast, atMost, equals }) => ({
      terms: terms.map(({ parameter, coefficient }) => ({ parameter, coefficient })),
      atLeast,
      atMost,
      equals,
    })),
    candidates: space.candidates.length > 0 ? [...space.candidates] : null,
  }
}

function parameterInput(parameter: ParameterPartsFragment): ParameterInput {
  const { name, fixed } = parameter
  const condition = parameter.condition && {
    parameter: parameter.condition.parameter,
    oneOf: parameter.condition.oneOf,
    atLeast: parameter.condition.atLeast,
    atMost: parameter.condition.atMost,
  }
  const number = typeof fixed === 'number' ? fixed : null
  switch (parameter.__typename) {
    case 'FloatParameter': {
      const { low, high, step, log } = parameter
      return { float: { name, low, high, step, log, condition, fixed: number } }
    }
    case 'IntParameter': {
      const { intLow: low, intHigh: high, intStep: step, log } = parameter
      return { int: { name, low, high, step, log, condition, fixed: number } }
    }
    case 'CategoricalParameter':
      return { categorical: { name, choices: parameter.choices, condition, fixed } }
    case 'OrdinalParameter':
      return { ordinal: { name, levels: parameter.levels, condition, fixed } }
  }
}
