import { describe, expect, it } from 'vitest'
import { explainError, failureFromErrors, fieldErrors } from './errors'

describe('explainError', () => {
  it('words a refused transition with what would be allowed', () => {
    const extensions = {
      code: 'INVALID_STATUS_TRANSITION',
      from: 'CREATED',
      to: 'PAUSED',
      allowed: ['RUNNING', 'FAILED'],
    }
    expect(explainError({ message: 'x', extensions })).toBe(
      'A created task cannot become paused. It can become running or failed.',
    )
    expect(explainError({ message: 'x', extensions: { ...extensions, allowed: [] } })).toBe(
      'A created task cannot become paused.',
    )
  })

  it('says what keeps a task from going on', () => {
    const extensions = { code: 'BUDGET_REACHED', criterion: 'MAX_TRIALS', setting: 'budget.maxTrials' }
    expect(explainError({ message: 'x', extensions })).toBe(
      'The task would end again at once. Change this first: max trials.',
    )
  })

  it('words a version conflict with both versions', () => {
    const extensions = { code: 'VERSION_CONFLICT', expected: 3, actual: 5 }
    expect(explainError({ message: 'x', extensions })).toMatch(/version 3.*at 5/)
  })

  it('shows the server’s own words for every other code', () => {
    expect(explainError({ message: 'seed must be positive', extensions: { code: 'NEW_CODE' } })).toBe(
      'Seed must be positive.',
    )
  })
})

describe('fieldErrors', () => {
  it('maps a path to the field, without the leading input', () => {
    const failure = failureFromErrors([
      {
        message: 'low must be below high',
        extensions: {
          code: 'VALIDATION_FAILED',
          path: ['input', 'parameterSpace', 'parameters', 0, 'float', 'low'],
        },
      },
      { message: 'input.name: too long', extensions: { code: 'VALIDATION_FAILED', path: ['input', 'name'] } },
    ])
    expect(Object.fromEntries(fieldErrors(failure))).toEqual({
      'parameterSpace.parameters.0.float.low': 'Low must be below high.',
      name: 'Too long.',
    })
  })

  it('has a place for what a space cannot become', () => {
    const failure = failureFromErrors([
      {
        message: 'parameterSpace.parameters[0].float.name: the parameter cannot be added',
        extensions: {
          code: 'INCOMPATIBLE_SPACE',
          path: ['parameterSpace', 'parameters', 0, 'float', 'name'],
        },
      },
    ])
    expect([...fieldErrors(failure)]).toEqual([
      ['parameterSpace.parameters.0.float.name', 'The parameter cannot be added.'],
    ])
  })

  it('leaves other errors alone', () => {
    expect(
      fieldErrors(failureFromErrors([{ message: 'no', extensions: { code: 'TASK_NOT_FOUND' } }])).size,
    ).toBe(0)
    expect(fieldErrors(new Error('network')).size).toBe(0)
  })
})
