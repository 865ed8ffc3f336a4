import { describe, expect, it } from 'vitest'
import { previewOf } from './preview'

const refused = (taskId: string, from: string) => ({
  taskId,
  code: 'INVALID_STATUS_TRANSITION',
  message: 'no',
  details: { from, to: 'PAUSED', allowed: [] },
})

describe('previewOf', () => {
  it('gathers what stands in the way by its reason, the most frequent first', () => {
    const parts = {
      tasks: [{ id: 'a' }, { id: 'b' }],
      changed: 1,
      others: 0,
      token: 't',
      refused: [refused('c', 'CREATED'), refused('d', 'FAILED'), refused('e', 'FAILED')],
    }
    const preview = previewOf({ ids: [] }, parts)
    expect([preview.changed, preview.same, preview.allowed]).toEqual([1, 1, ['a', 'b']])
    expect(preview.obstacles.map(({ taskIds }) => taskIds)).toEqual([['d', 'e'], ['c']])
    expect(preview.obstacles[0]?.text).toMatch(/^A failed task cannot become paused\./)
  })
})
