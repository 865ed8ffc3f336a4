import { describe, expect, it } from 'vitest'
import type { ListedTaskFragment } from '../../gql/graphql'
import { everything, nothing, withTasks } from '../batch/selection'
import { isRowSelected, keyOf, treeRows } from './rows'

const task = (id: string, below = 0) => ({ id, rollUp: { taskCount: below } }) as ListedTaskFragment
const branch = (tasks: ListedTaskFragment[], hasNextPage = false) => ({ tasks, hasNextPage, endCursor: 'c' })

const roots = [task('a', 3), task('b')]
const branches = new Map([
  ['a', branch([task('a1', 1), task('a2')], true)],
  ['a1', branch([task('a11')])],
])

describe('treeRows', () => {
  it('shows the tasks at the top, and which of them have something below', () => {
    const rows = treeRows(roots, new Set(), branches)
    expect(rows.map((row) => row.kind === 'task' && [row.task.id, row.unfolded])).toEqual([
      ['a', false],
      ['b', null],
    ])
  })

  it('unfolds level by level, and leaves a line where more is to be read', () => {
    const rows = treeRows(roots, new Set(['a', 'a1']), branches)
    expect(rows.map((row) => [keyOf(row), row.depth])).toEqual([
      ['a', 0],
      ['a1', 1],
      ['a11', 2],
      ['a2', 1],
      ['below a', 1],
      ['b', 0],
    ])
  })

  it('says that it reads what was not read yet', () => {
    const rows = treeRows(roots, new Set(['a']), new Map())
    expect(rows[1]).toEqual({ kind: 'unread', parentId: 'a', depth: 1, reading: true })
  })
})

describe('isRowSelected', () => {
  it('means the tasks at the top by all that match, and any that was picked', () => {
    const [a, a1] = treeRows(roots, new Set(['a']), branches)
    if (!a || !a1) throw new Error('there are rows')
    expect([isRowSelected(everything, a), isRowSelected(everything, a1)]).toEqual([true, false])
    expect(isRowSelected(withTasks(nothing, ['a1'], true), a1)).toBe(true)
  })
})
