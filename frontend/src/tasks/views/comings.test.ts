import { describe, expect, it } from 'vitest'
import { afterChange, noComings } from './comings'

const after = (...changes: [kind: 'OPENED' | 'ENTERED' | 'CHANGED' | 'LEFT', taskId: string | null][]) => {
  const { entered, left } = changes.reduce(
    (comings, [kind, taskId]) => afterChange(comings, { kind, taskId }),
    noComings,
  )
  return [[...entered], [...left]]
}

describe('afterChange', () => {
  it('keeps what came in and what left', () => {
    const changes = after(
      ['OPENED', null],
      ['ENTERED', 'a'],
      ['CHANGED', 'b'],
      ['LEFT', 'c'],
      ['ENTERED', 'a'],
    )
    expect(changes).toEqual([['a'], ['c']])
  })

  it('forgets what is as it was', () => {
    expect(after(['ENTERED', 'a'], ['LEFT', 'a'], ['LEFT', 'b'], ['ENTERED', 'b'])).toEqual([[], []])
  })
})
