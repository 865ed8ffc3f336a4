import { describe, expect, it } from 'vitest'
import type { ParameterPartsFragment, SpacePartsFragment } from '../../gql/graphql'
import {
  listItem,
  newCondition,
  newMixture,
  newOrder,
  newParameter,
  newSpace,
  newSum,
  noCandidates,
  type ParameterDraft,
  type SpaceDraft,
  spaceOf,
  summable,
} from './drafts'
import { parseList, toSpace } from './toSpace'
import { conditionText, constraintText } from './words'

const solvent = { ...newParameter('categorical'), name: 'solvent', values: 'THF, DMF, 3, "4"' }
const heat = { ...newParameter('float'), name: 'T', low: '20', high: '140' }
const share = { ...newParameter('float'), name: 'a', low: '0', high: '1' }
const rest = { ...newParameter('float'), name: 'b', low: '0', high: '1' }

function read(parameters: ParameterDraft[], part: Partial<SpaceDraft> = {}) {
  const problems = new Map<string, string>()
  const space = toSpace({ ...newSpace(), parameters, ...part }, (path, text) => problems.set(path, text))
  return { space, problems: [...problems.keys()].sort() }
}

describe('conditions', () => {
  it('name the parent, with the values as the server knows them', () => {
    const base = { ...newParameter('float'), name: 'base', low: '0', high: '2' }
    const { space, problems } = read([
      solvent,
      heat,
      { ...base, condition: { ...newCondition(solvent.key), oneOf: ['DMF', '3', '"4"', 'gone'] } },
      { ...base, name: 'ramp', condition: { ...newCondition(heat.key), atLeast: '60' } },
    ])
    expect(problems).toEqual([])
    expect(space.parameters[2]?.float?.condition).toEqual({ parameter: 'solvent', oneOf: ['DMF', 3, '4'] })
    expect(space.parameters[3]?.float?.condition).toEqual({ parameter: 'T', atLeast: 60 })
  })

  it('list whole numbers, or bound them', () => {
    const steps = { ...newParameter('int'), name: 'steps', low: '1', high: '5' }
    const only = (numbers: string, more = {}) =>
      read([steps, { ...share, condition: { ...newCondition(steps.key), numbers, ...more } }])
    const { space, problems } = only('1, 3')
    expect(problems).toEqual([])
    expect(space.parameters[1]?.float?.condition).toEqual({ parameter: 'steps', oneOf: [1, 3] })
    const wrong = ['parameterSpace.parameters.1.float.condition.oneOf']
    expect(only('1, 2.5').problems).toEqual(wrong)
    expect(only('many').problems).toEqual(wrong)
    expect(only('1', { atLeast: '2' }).problems).toEqual(wrong)
  })

  it('are told what is wrong with them', () => {
    const dependent = (condition: ParameterDraft['condition']) => ({ ...share, condition })
    const path = 'parameterSpace.parameters.1.float.condition'
    expect(read([solvent, dependent(newCondition(solvent.key))]).problems).toEqual([`${path}.oneOf`])
    expect(read([heat, dependent(newCondition(heat.key))]).problems).toEqual([`${path}.atLeast`])
    expect(
      read([heat, dependent({ ...newCondition(heat.key), atLeast: '9', atMost: '5' })]).problems,
    ).toEqual([`${path}.atMost`])
    expect(read([solvent, dependent(newCondition(-1))]).problems).toEqual([`${path}.parameter`])
    const below = dependent({ ...newCondition(solvent.key), oneOf: ['THF'] })
    expect(read([below, solvent]).problems).toEqual(['parameterSpace.parameters.0.float.condition.parameter'])
  })
})

describe('constraints between parameters', () => {
  it('are sums and orders', () => {
    const { space, problems } = read([share, rest], {
      constraints: [
        newMixture([share.key, rest.key]),
        newOrder(share.key, rest.key),
        { ...newSum([share.key]), relation: 'between', bound: '0.1', upper: '0,9' },
      ],
    })
    expect(problems).toEqual([])
    const [a, b] = ['a', 'b'].map((parameter) => ({ parameter, coefficient: 1 }))
    expect(space.constraints).toEqual([
      { terms: [a, b], equals: 1 },
      { terms: [a, { parameter: 'b', coefficient: -1 }], atMost: 0 },
      { terms: [a], atLeast: 0.1, atMost: 0.9 },
    ])
  })

  it('are of different numbers that always exist', () => {
    const dependent = { ...rest, condition: { ...newCondition(share.key), atLeast: '0.5' } }
    expect(summable([solvent, share, dependent])).toEqual([share])
    const term = (index: number, field: string) => `parameterSpace.constraints.0.terms.${index}.${field}`
    const { problems } = read([solvent, share, dependent], {
      constraints: [newMixture([solvent.key, dependent.key, share.key, share.key, -1])],
    })
    expect(problems).toEqual([0, 1, 3, 4].map((index) => term(index, 'parameter')))
    const zero = newSum([share.key])
    expect(
      read([share], {
        constraints: [{ ...zero, terms: zero.terms.map((one) => ({ ...one, coefficient: '0' })) }],
      }).problems,
    ).toEqual(['parameterSpace.constraints.0.atMost', term(0, 'coefficient')])
  })
})

it('makes a draft from a space, and the same space from the draft', () => {
  const condition = { parameter: 'solvent', oneOf: ['a, b', '2', 2], atLeast: null, atMost: null }
  const space: SpacePartsFragment = {
    parameters: [
      {
        __typename: 'CategoricalParameter',
        fixed: '2',
        name: 'solvent',
        condition: null,
        choices: ['a, b', '2', 2, true],
      },
      {
        __typename: 'FloatParameter',
        fixed: null,
        name: 'x',
        condition,
        low: 0,
        high: 1,
        step: 0.1,
        log: false,
      },
      {
        __typename: 'IntParameter',
        fixed: null,
        name: 'n',
        condition: null,
        intLow: 1,
        intHigh: 9,
        intStep: 1,
        log: true,
      },
      {
        __typename: 'FloatParameter',
        fixed: 0.25,
        name: 'y',
        condition: null,
        low: 0,
        high: 1,
        step: null,
        log: false,
      },
    ],
    constraints: [
      {
        terms: [
          { parameter: 'n', coefficient: 1 },
          { parameter: 'y', coefficient: -1 },
        ],
        atMost: 0,
        atLeast: null,
        equals: null,
        tolerance: null,
      },
      {
        terms: [{ parameter: 'y', coefficient: 2.5 }],
        atMost: null,
        atLeast: 1,
        equals: null,
        tolerance: 0.5,
      },
    ],
    candidateCount: 0,
  }
  const draft = spaceOf(space, noCandidates)
  expect(draft.constraints.map(({ kind }) => kind)).toEqual(['order', 'sum'])
  expect(toSpace(draft, (path) => expect.fail(path))).toEqual({
    parameters: [
      { categorical: { name: 'solvent', choices: ['a, b', '2', 2, true], fixed: '2' } },
      {
        float: {
          name: 'x',
          low: 0,
          high: 1,
          step: 0.1,
          log: false,
          condition: { parameter: 'solvent', oneOf: ['a, b', '2', 2] },
        },
      },
      { int: { name: 'n', low: 1, high: 9, log: true } },
      { float: { name: 'y', low: 0, high: 1, log: false, fixed: 0.25 } },
    ],
    constraints: [
      { terms: space.constraints[0]?.terms, atMost: 0 },
      { terms: space.constraints[1]?.terms, atLeast: 1, tolerance: 0.5 },
    ],
  })
})

it('writes list items so that they are read as the same values', () => {
  const values = ['THF', '2', 2, 'true', true, 'a, b', ' x', '1,5', '']
  expect(parseList(values.map(listItem).join(', '))).toEqual(values)
})

describe('words', () => {
  const condition = (part: Partial<NonNullable<ParameterPartsFragment['condition']>>) =>
    conditionText({ condition: { parameter: 'T', oneOf: null, atLeast: null, atMost: null, ...part } })

  it('say when a parameter exists', () => {
    expect(conditionText({ condition: null })).toBeUndefined()
    expect(condition({ oneOf: ['a', 'b', 3] })).toBe('only if T is a, b or 3')
    expect(condition({ atLeast: 60 })).toBe('only if T is at least 60')
    expect(condition({ atLeast: 60, atMost: 90 })).toBe('only if T is at least 60 and at most 90')
  })

  it('say what every point keeps', () => {
    const none = { atLeast: null, atMost: null, equals: null, tolerance: null }
    const terms = (...coefficients: number[]) =>
      coefficients.map((coefficient, index) => ({ parameter: 'abc'.charAt(index), coefficient }))
    expect(constraintText({ ...none, terms: terms(1, 1, 1), equals: 1 })).toBe('a + b + c = 1')
    expect(constraintText({ ...none, terms: terms(1, 1), equals: 1, tolerance: 0.02 })).toBe(
      'a + b = 1 (results within 0.02)',
    )
    expect(constraintText({ ...none, terms: terms(1, -1), atMost: 0 })).toBe('a ≤ b')
    expect(constraintText({ ...none, terms: terms(1, -2.5), atLeast: 0 })).toBe('a ≥ 2.5 b')
    expect(constraintText({ ...none, terms: terms(-1, 2), atMost: 3 })).toBe('−a + 2 b ≤ 3')
    expect(constraintText({ ...none, terms: terms(1, -1), atLeast: 0, atMost: 0.5 })).toBe('0 ≤ a − b ≤ 0.5')
  })
})
