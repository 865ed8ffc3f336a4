import { formatCount, formatExact } from '../../ui/format'
import { conditionText, constraintText } from '../space/words'
import type { Fact } from './facts'
import { isTold, type Told, toldList, toldNumber } from './told'

/** A parameter space in facts: one for each parameter, for each constraint between them, and for the candidates. */
export function spaceFacts(value: unknown): Fact[] {
  // A space of parameters alone is told as their list.
  const space = isTold(value) ? value : { parameters: value }
  return [
    ...toldList(space.parameters).map(parameterFact),
    ...toldList(space.constraints).map((told) => {
      const text = toldConstraint(told)
      return { key: `constraint ${text}`, label: 'Every point keeps', text }
    }),
    ...candidatesFact(space),
  ]
}

function parameterFact(told: Told): Fact {
  const name = String(told.name)
  const condition = isTold(told.condition) ? told.condition : undefined
  const parts = [
    domainText(told),
    told.log === true ? 'log scale' : undefined,
    'fixed' in told && told.fixed !== null ? `fixed at ${formatExact(told.fixed)}` : undefined,
    condition && toldCondition(condition),
  ]
  const text = parts.filter((part) => part !== undefined).join(', ')
  return { key: `parameter ${name}`, label: name, text }
}

function domainText(told: Told): string {
  const { type, low, high, step, choices, levels } = told
  if (Array.isArray(choices)) return choices.map(formatExact).join(' · ')
  if (Array.isArray(levels)) return levels.map(formatExact).join(' < ')
  const range = `${formatExact(low)} to ${formatExact(high)}`
  if (type === 'int') {
    return step === 1 ? `whole numbers ${range}` : `whole numbers ${range} in steps of ${formatExact(step)}`
  }
  return typeof step === 'number' ? `${range} in steps of ${formatExact(step)}` : range
}

function toldCondition(told: Told): string | undefined {
  return conditionText({
    condition: {
      parameter: String(told.parameter),
      oneOf: Array.isArray(told.oneOf) && told.oneOf.length > 0 ? told.oneOf : null,
      atLeast: toldNumber(told.atLeast),
      atMost: toldNumber(told.atMost),
    },
  })
}

function toldConstraint(told: Told): string {
  return constraintText({
    terms: toldList(told.terms).map(({ parameter, coefficient }) => ({
      parameter: String(parameter),
      coefficient: toldNumber(coefficient) ?? 1,
    })),
    atLeast: toldNumber(told.atLeast),
    atMost: toldNumber(told.atMost),
    equals: toldNumber(told.equals),
    tolerance: toldNumber(told.tolerance),
  })
}

const shownHash = 6

/** Only the number of candidates is told, and a hash by which one list is known from another of the same length. */
function candidatesFact({ candidateCount, candidatesHash, candidates }: Told): Fact[] {
  const count = Array.isArray(candidates) ? candidates.length : toldNumber(candidateCount)
  if (count === null || count === 0) return []
  const list = typeof candidatesHash === 'string' ? `, list ${candidatesHash.slice(0, shownHash)}` : ''
  return [{ key: 'candidates', label: 'Only these points', text: `${formatCount(count)} candidates${list}` }]
}
