import { describe, expect, it } from 'vitest'
import { roleLabels, toResult } from './roles'

const row = {
  line: 2,
  point: { temperature: 25.5 },
  outcome: 'MEASURED' as const,
  values: [
    { objective: 'strength', value: 3.1, standardDeviation: 0.1 },
    { objective: 'cost', value: 2, standardDeviation: null },
  ],
  failureReason: null,
  metrics: { hours: 4 },
  metadata: {},
  repeated: false,
}

describe('a row of a table', () => {
  it('becomes a result as the server takes it', () => {
    expect(toResult(row)).toEqual({
      point: { temperature: 25.5 },
      outcome: {
        values: [
          { objective: 'strength', value: 3.1, standardDeviation: 0.1 },
          { objective: 'cost', value: 2 },
        ],
      },
      metrics: [{ name: 'hours', value: 4 }],
    })
    const failed = { ...row, outcome: 'FAILED' as const, failureReason: 'leak', metrics: {} }
    expect(toResult({ ...failed, metadata: { note: 'B' } })).toEqual({
      point: { temperature: 25.5 },
      outcome: { failure: { reason: 'leak' } },
      metadata: { note: 'B' },
    })
  })

  it('without a result is none', () => {
    expect(toResult({ ...row, outcome: 'PLANNED' })).toBeUndefined()
  })
})

it('a column may hold what the task has', () => {
  const task = { objectives: [{ name: 'y' }], parameterSpace: { parameters: [{ name: 'T' }] } }
  expect(roleLabels(task).map(([role]) => role)).toEqual([
    'leave-out',
    'parameter:T',
    'objective:y',
    'deviation:y',
    'failure',
  ])
})
