import { describe, expect, it } from 'vitest'
import type { ParameterPartsFragment } from '../gql/graphql'
import { activeParameters, isActive, parseNumber, parseValue, readPoint } from './pointForm'

const float: ParameterPartsFragment = {
  __typename: 'FloatParameter',
  fixed: null,
  name: 'x',
  condition: null,
  low: 0.1,
  high: 1,
  step: 0.1,
  log: false,
}
const int: ParameterPartsFragment = {
  __typename: 'IntParameter',
  fixed: null,
  name: 'n',
  condition: null,
  intLow: 1,
  intHigh: 9,
  intStep: 2,
  log: false,
}
const ordinal: ParameterPartsFragment = {
  __typename: 'OrdinalParameter',
  fixed: null,
  name: 'o',
  condition: null,
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

describe('conditions', () => {
  const among = { parameter: 'o', oneOf: ['low', true], atLeast: null, atMost: null }
  const above = { parameter: 'x', oneOf: null, atLeast: 0.5, atMost: null }
  const parameters: ParameterPartsFragment[] = [
    ordinal,
    { ...float, condition: among },
    { ...int, condition: above },
  ]

  it('decide which parameters exist', () => {
    expect(isActive({ condition: among }, { o: 'low' })).toBe(true)
    expect(isActive({ condition: among }, { o: 2 })).toBe(false)
    expect(isActive({ condition: above }, { x: 0.5 })).toBe(true)
    expect(isActive({ condition: above }, { x: 0.4 })).toBe(false)
    expect(isActive({ condition: above }, {})).toBe(false)
  })

  it('leave out what does not exist, and what depends on that', () => {
    const names = (texts: Record<string, string>) =>
      activeParameters(parameters, texts).map(({ name }) => name)
    expect(names({})).toEqual(['o'])
    expect(names({ o: '0', x: '0.2' })).toEqual(['o', 'x'])
    expect(names({ o: '1', x: '0.7' })).toEqual(['o'])
    expect(names({ o: '2', x: '0.7' })).toEqual(['o', 'x', 'n'])
    expect(readPoint(parameters, { o: '1', x: 'nonsense' })).toEqual({ point: { o: 2 } })
    expect(readPoint(parameters, { o: '2', x: '0.7', n: '3' })).toEqual({ point: { o: true, x: 0.7, n: 3 } })
  })
})

it('takes what the space fixes, whatever is typed, and what depends on it', () => {
  const above = { parameter: 'x', oneOf: null, atLeast: 0.5, atMost: null }
  const parameters = [
    { ...float, fixed: 0.7 },
    { ...int, condition: above },
    { ...ordinal, fixed: true },
  ]
  expect(readPoint(parameters, { x: '0.2', n: '3' })).toEqual({ point: { x: 0.7, n: 3, o: true } })
})
