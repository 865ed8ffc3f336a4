import type { ParameterPartsFragment, SpaceConstraintPartsFragment } from '../../gql/graphql'
import { formatNumber, formatValue } from '../../ui/format'

/** When a parameter exists: `only if solvent is THF or DMF`. */
export function conditionText({ condition }: Pick<ParameterPartsFragment, 'condition'>): string | undefined {
  if (!condition) return undefined
  const { parameter, oneOf, atLeast, atMost } = condition
  if (oneOf) return `only if ${parameter} is ${listText(oneOf.map(formatValue), 'or')}`
  const bounds = [
    ...(atLeast === null || atLeast === undefined ? [] : [`at least ${formatNumber(atLeast)}`]),
    ...(atMost === null || atMost === undefined ? [] : [`at most ${formatNumber(atMost)}`]),
  ]
  return `only if ${parameter} is ${listText(bounds, 'and')}`
}

/** `a + 2 b = 1`, `x ≤ y`: as it would be written on paper. */
export function constraintText(constraint: SpaceConstraintPartsFragment): string {
  const { tolerance } = constraint
  return tolerance === null
    ? boundText(constraint)
    : `${boundText(constraint)} (results within ${formatNumber(tolerance)})`
}

function boundText({ terms, atLeast, atMost, equals }: SpaceConstraintPartsFragment): string {
  const positive = terms.filter(({ coefficient }) => coefficient > 0)
  const negative = terms.filter(({ coefficient }) => coefficient < 0)
  // A bound of 0 reads better with what is subtracted on the other side.
  const only = [atLeast, atMost, equals].filter((bound) => bound !== null)
  if (only.length === 1 && only[0] === 0 && positive.length > 0 && negative.length > 0) {
    const sign = equals !== null ? '=' : atMost !== null ? '≤' : '≥'
    const right = negative.map((term) => ({ ...term, coefficient: -term.coefficient }))
    return `${sumText(positive)} ${sign} ${sumText(right)}`
  }
  const sum = sumText(terms)
  if (equals !== null) return `${sum} = ${formatNumber(equals)}`
  if (atLeast !== null && atMost !== null)
    return `${formatNumber(atLeast)} ≤ ${sum} ≤ ${formatNumber(atMost)}`
  if (atLeast !== null) return `${sum} ≥ ${formatNumber(atLeast)}`
  return `${sum} ≤ ${formatNumber(atMost ?? 0)}`
}

function sumText(terms: SpaceConstraintPartsFragment['terms']): string {
  return terms
    .map(({ parameter, coefficient }, index) => {
      const sign = coefficient < 0 ? (index === 0 ? '−' : ' − ') : index === 0 ? '' : ' + '
      const size = Math.abs(coefficient)
      return `${sign}${size === 1 ? '' : `${formatNumber(size)} `}${parameter}`
    })
    .join('')
}

function listText(items: readonly string[], word: 'or' | 'and'): string {
  if (items.length <= 1) return items.join('')
  return `${items.slice(0, -1).join(', ')} ${word} ${items.at(-1)}`
}
