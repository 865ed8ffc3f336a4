import { describe, expect, it } from 'vitest'
import { fresh } from './action'
import { isSoAlready, previewOf, type Refused } from './preview'

const refused = (taskId: string, from: string): Refused => ({
  taskId,
  code: 'INVALID_STATUS_TRANSITION',
  message: 'no',
  from,
  ...{ to: 'PAUSED', allowed: [] },
})

describe('previewOf', () => {
  it('gathers what stands in the way by its reason, the most frequent first', () => {
    const parts = {
      tasks: [{ id: 'a' }, { id: 'b' }],
      changed: 1,
      others: 0,
      token: 't',
      refused: [refused('c', 'CREATED'), refused('d', 'COMPLETED'), refused('e', 'COMPLETED')],
    }
    const preview = previewOf({ ids: [] }, parts)
    expect([preview.changed, preview.same, preview.allowed]).toEqual([1, 1, ['a', 'b']])
    expect(preview.obstacles.map(({ taskIds }) => taskIds)).toEqual([['d', 'e'], ['c']])
    expect(preview.obstacles[0]?.text).toMatch(/^A completed task cannot become paused\./)
  })
})

describe('isSoAlready', () => {
  it('passes over tasks that have the status already', () => {
    expect(isSoAlready(fresh.transition('PAUSED'), refused('a', 'PAUSED'))).toBe(true)
    expect(isSoAlready(fresh.transition('PAUSED'), refused('a', 'COMPLETED'))).toBe(false)
  })
})
