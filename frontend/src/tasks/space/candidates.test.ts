import { describe, expect, it } from 'vitest'
import type { ParameterPartsFragment, TableReportPartsFragment } from '../../gql/graphql'
import { candidatesDraft, candidatesText, parametersOf, pointsOf, tableParameters } from './candidates'

type Column = TableReportPartsFragment['columns'][number]

const column = (title: string, more: Partial<Column>): Column => ({
  index: 0,
  title,
  name: title,
  unit: null,
  kind: 'NUMBER',
  low: null,
  high: null,
  choices: null,
  leftOutBecause: null,
  role: `parameter:${title}`,
  ...more,
})

const report = (more: Partial<TableReportPartsFragment>): TableReportPartsFragment => ({
  ready: true,
  columns: [],
  notices: [],
  questions: [],
  problems: [],
  rows: [],
  rowCount: 0,
  refusedRows: [],
  refusedCount: 0,
  undecidedCount: 0,
  ...more,
})

const row = (line: number, point: Record<string, unknown>) => ({
  line,
  point,
  outcome: 'PLANNED' as const,
  values: [],
  failureReason: null,
  metrics: {},
  metadata: {},
  repeated: false,
})

const reading = (more: Partial<TableReportPartsFragment>) => ({
  report: report(more),
  problem: undefined,
  isCurrent: true,
})

describe('the points of a table', () => {
  it('are taken once each', () => {
    const rows = [row(2, { n: 6 }), row(3, { n: 8 }), row(4, { n: 6 })]
    expect(pointsOf(reading({ rows, rowCount: 3 }))).toEqual({
      points: [{ n: 6 }, { n: 8 }],
      problem: undefined,
      repeated: 1,
    })
  })

  it('are not taken while something is open or wrong', () => {
    const question = { code: 'BAD_ROWS' as const, column: null, message: 'Which?', readings: [] }
    expect(pointsOf(reading({ questions: [question] })).problem).toContain('Which?')
    expect(pointsOf(reading({ problems: [{ message: 'No rows.' }] })).problem).toBe('No rows.')
    expect(pointsOf({ ...reading({}), isCurrent: false }).problem).toContain('still being read')
    expect(pointsOf({ report: undefined, problem: 'No text.', isCurrent: true }).problem).toBe('No text.')
  })
})

it('takes the parameters from a table', () => {
  const found = parametersOf([
    column('n', { kind: 'INTEGER', low: 6, high: 12 }),
    column('r', { low: 1.5, high: 2 }),
    column('dye', { kind: 'TEXT', choices: ['red', 'blue'] }),
    column('grade', { kind: 'TEXT', choices: ['7', 'x'] }),
    column('date', { kind: 'DATE', role: 'leave-out' }),
    column('Toughness', { role: 'objective:toughness' }),
  ])
  expect(found.map(({ kind, name, low, high, values }) => [kind, name, low, high, values])).toEqual([
    ['int', 'n', '6', '12', ''],
    ['float', 'r', '1.5', '2', ''],
    ['categorical', 'dye', '', '', 'red, blue'],
    ['categorical', 'grade', '', '', '"7", x'],
  ])
})

it('tells the reader of the parameters that have a name', () => {
  const condition = { parameter: 'solvent', oneOf: ['DMF'], atLeast: null, atMost: null }
  const bounds = { low: 0, high: 2, step: null, log: false, fixed: null }
  const parameters: ParameterPartsFragment[] = [
    { __typename: 'CategoricalParameter', fixed: null, name: 'solvent', condition: null, choices: ['THF'] },
    { __typename: 'FloatParameter', name: 'base', condition, ...bounds },
    { __typename: 'FloatParameter', name: '', condition: null, ...bounds },
  ]
  expect(tableParameters(parameters)).toEqual([
    { name: 'solvent', kind: 'CHOICES', choices: ['THF'], optional: false },
    { name: 'base', kind: 'FLOAT', optional: true },
  ])
})

it('writes candidates as a table', () => {
  const points = [
    { solvent: 'THF', heat: 60 },
    { solvent: 'DMF', heat: 80.5, base: 1 },
  ]
  const text = candidatesText(points, ['solvent', 'heat', 'base'])
  expect(text).toBe('solvent,heat,base\nTHF,60,\nDMF,80.5,1')
  expect(candidatesDraft(points, ['solvent'])).toMatchObject({ points, problem: undefined })
  expect(candidatesText([{ 'a, "b"': 'x;y' }], ['a, "b"'])).toBe('"a, ""b"""\n"x;y"')
})
