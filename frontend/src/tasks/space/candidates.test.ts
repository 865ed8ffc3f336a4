import { describe, expect, it } from 'vitest'
import type { ParameterPartsFragment } from '../../gql/graphql'
import { candidatesText, parametersOf, readCandidates } from './candidates'

const condition = { parameter: 'solvent', oneOf: ['DMF'], atLeast: null, atMost: null }
const parameters: ParameterPartsFragment[] = [
  {
    __typename: 'CategoricalParameter',
    fixed: null,
    name: 'solvent',
    condition: null,
    choices: ['THF', 'DMF'],
  },
  {
    __typename: 'FloatParameter',
    fixed: null,
    name: 'heat',
    condition: null,
    low: 20,
    high: 140,
    step: null,
    log: false,
  },
  {
    __typename: 'FloatParameter',
    fixed: null,
    name: 'base_amount',
    condition,
    low: 0,
    high: 2,
    step: null,
    log: false,
  },
]

describe('readCandidates', () => {
  it('reads the points by the names of the columns', () => {
    const read = readCandidates(
      'Heat (°C);Solvent;note;Base amount\n60;THF;ok;\n80,5;dmf;;1\n60;THF;again;-\n',
      parameters,
    )
    expect(read.points).toEqual([
      { solvent: 'THF', heat: 60 },
      { solvent: 'DMF', heat: 80.5, base_amount: 1 },
    ])
    expect(read).toMatchObject({ rows: 3, missing: [], unused: ['note'], repeated: 1 })
    expect(read.problems.size).toBe(0)
  })

  it('says which rows are no points of the space', () => {
    const read = readCandidates(
      'solvent,heat,base_amount\nTHF,60,1\nDMF,999,1\nDMF,60,\nether,60,',
      parameters,
    )
    expect(read.points).toEqual([])
    expect([...read.problems.keys()]).toEqual([2, 3, 4, 5])
    expect(read.problems.get(2)).toMatch(/base_amount: .*does not exist/)
    expect(read.problems.get(3)).toMatch(/heat: Must be from 20 to 140/)
    expect(read.problems.get(4)).toMatch(/base_amount: is empty/)
  })

  it('says which parameters have no column', () => {
    expect(readCandidates('solvent\nTHF', parameters)).toMatchObject({
      missing: ['heat', 'base_amount'],
      points: [],
      repeated: 0,
    })
    expect(readCandidates('', parameters)).toMatchObject({ missing: [], rows: 0 })
  })
})

it('takes the parameters from a table', () => {
  const found = parametersOf('n\tr\tdye\tgrade\tToughness\n6\t1.5\tred\t7\t3\n12\t2\tblue\tx\t4', [
    'toughness',
  ])
  expect(found.map(({ kind, name, low, high, values }) => [kind, name, low, high, values])).toEqual([
    ['int', 'n', '6', '12', ''],
    ['float', 'r', '1.5', '2', ''],
    ['categorical', 'dye', '', '', 'red, blue'],
    ['categorical', 'grade', '', '', '7, x'],
  ])
})

it('writes candidates as a table that gives the same ones', () => {
  const points = [
    { solvent: 'THF', heat: 60 },
    { solvent: 'DMF', heat: 80.5, base_amount: 1 },
  ]
  const text = candidatesText(points, ['solvent', 'heat', 'base_amount'])
  expect(text).toBe('solvent,heat,base_amount\nTHF,60,\nDMF,80.5,1')
  expect(readCandidates(text, parameters).points).toEqual(points)
  expect(candidatesText([{ 'a, "b"': 'x;y' }], ['a, "b"'])).toBe('"a, ""b"""\n"x;y"')
})
