import { describe, expect, it } from 'vitest'
import type { TaskRowFragment } from '../../gql/graphql'
import { applyTasks, type ListFilter, type TaskPage } from './applyTasks'
import { validateListSearch } from './search'

const everything: ListFilter = { status: [], name: '', deleted: false }

function task(id: string, day: number, part: Partial<TaskRowFragment> = {}): TaskRowFragment {
  return {
    id,
    name: id,
    status: 'RUNNING',
    sequence: 5,
    createdAt: `2026-01-0${day}T00:00:00Z`,
    deletedAt: null,
    ...part,
  } as TaskRowFragment
}

function page(tasks: TaskRowFragment[], hasNextPage = false): TaskPage {
  return { tasks, endCursor: 'c', hasNextPage }
}

const ids = (pages: readonly TaskPage[]) => pages.map(({ tasks }) => tasks.map(({ id }) => id).join(''))

describe('applyTasks', () => {
  it('replaces a row where it stands, but not by an older one', () => {
    const pages = [page([task('b', 2), task('a', 1)])]
    const newer = applyTasks(pages, [task('a', 1, { name: 'new', sequence: 6 })], [], everything)
    expect(newer[0]?.tasks[1]?.name).toBe('new')
    const older = applyTasks(newer, [task('a', 1, { name: 'old', sequence: 4 })], [], everything)
    expect(older[0]?.tasks[1]?.name).toBe('new')
  })

  it('removes rows that left the filter or the server', () => {
    const pages = [page([task('c', 3), task('b', 2), task('a', 1)])]
    const paused = task('b', 2, { status: 'PAUSED', sequence: 6 })
    expect(ids(applyTasks(pages, [paused], ['a'], { ...everything, status: ['RUNNING'] }))).toEqual(['c'])
    const deleted = task('b', 2, { deletedAt: 'now', sequence: 6 })
    expect(ids(applyTasks(pages, [deleted], [], everything))).toEqual(['ca'])
  })

  it('puts new rows in their place, newest first', () => {
    const pages = [page([task('d', 4), task('b', 2)]), page([task('a', 1)], true)]
    expect(ids(applyTasks(pages, [task('c', 3), task('e', 5)], [], everything))).toEqual(['edcb', 'a'])
  })

  it('does not add rows that belong to a page not read yet', () => {
    expect(ids(applyTasks([page([task('b', 2)], true)], [task('a', 1)], [], everything))).toEqual(['b'])
    expect(ids(applyTasks([page([task('b', 2)])], [task('a', 1)], [], everything))).toEqual(['ba'])
  })
})

describe('validateListSearch', () => {
  it('keeps what it knows', () => {
    const search = { status: ['PAUSED', 'NONSENSE', 'RUNNING'], name: 12, deleted: true, other: 1 }
    expect(validateListSearch(search)).toEqual({ status: ['RUNNING', 'PAUSED'], name: '12', deleted: true })
    expect(validateListSearch({ status: 'FAILED', name: '', deleted: 'yes' })).toEqual({ status: ['FAILED'] })
    expect(validateListSearch({})).toEqual({})
  })
})
