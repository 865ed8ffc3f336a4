import { describe, expect, it } from 'vitest'
import type { ParameterPartsFragment } from '../gql/graphql'
import { parseNumber, parseValue } from './pointForm'

const float: ParameterPartsFragment = {
  __typename: 'FloatParameter',
  name: 'x',
  low: 0.1,
  high: 1,
  step: 0.1,
  log: false,
}
const int: ParameterPartsFragment = {
  __typename: 'IntParameter',
  name: 'n',
  intLow: 1,
  intHigh: 9,
  intStep: 2,
  log: false,
}
const ordinal: ParameterPartsFragment = {
  __typename: 'OrdinalParameter',
  name: 'o',
  levels: ['low', 2, true],
}

describe('parseValue', () => {
  it('takes numbers within the bounds and on the step', () => {
    expect(parseValue(float, ' 0,7 ')).toEqual({ value: 0.7 })
    expect(parseValue(float, '0.75')).toHaveProperty('problem')
    expect(parseValue(float, '1.1')).toHaveProperty('problem')
    expect(parseValue(int, '3')).toEqual({ value: 3 })
    expect(parseValue(int, '4')).toHaveProperty('problem')
    expect(parseValue(int, '2.5')).toHaveProperty('problem')
  })

  it('takes choices by their place, with their type', () => {
    expect(['0', '1', '2'].map((text) => parseValue(ordinal, text))).toEqual([
      { value: 'low' },
      { value: 2 },
      { value: true },
    ])
    expect(parseValue(ordinal, '')).toHaveProperty('problem')
  })
})

it('reads numbers as people type them', () => {
  expect(['1e-3', '−2', '0,5', '', 'NaN', 'Infinity', '1,000,000'].map(parseNumber)).toEqual([
    0.001,
    -2,
    0.5,
    undefined,
    undefined,
    undefined,
    undefined,
  ])
})
