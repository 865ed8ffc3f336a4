import { describe, expect, it } from 'vitest'
import type { ListedTaskFragment } from '../../gql/graphql'
import { applyTasks, type TaskPage } from './applyTasks'
import { filterOf } from './filter'

const everything = filterOf({})

function task(id: string, day: number, part: Partial<ListedTaskFragment> = {}): ListedTaskFragment {
  return {
    id,
    name: id,
    status: 'RUNNING',
    sequence: 5,
    createdAt: `2026-01-0${day}T00:00:00Z`,
    deletedAt: null,
    ...part,
  } as ListedTaskFragment
}

function page(tasks: ListedTaskFragment[], hasNextPage = false): TaskPage {
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

  it('tells the new name of a task with what is below it', () => {
    const pages = [page([task('b', 2, { parent: { id: 'a', name: 'old' } })], true)]
    const after = applyTasks(pages, [task('a', 1, { name: 'new' })], [], everything)
    expect(after[0]?.tasks[0]?.parent?.name).toBe('new')
  })

  it('removes rows that left the filter or the server', () => {
    const pages = [page([task('c', 3), task('b', 2), task('a', 1)])]
    const paused = task('b', 2, { status: 'PAUSED', sequence: 6 })
    expect(ids(applyTasks(pages, [paused], ['a'], filterOf({ status: ['RUNNING'] })))).toEqual(['c'])
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

describe('applyTasks in a list that only the server can judge', () => {
  it('replaces rows, and neither adds nor sorts any', () => {
    const pages = [page([task('a', 1), task('b', 2)])]
    const byName = filterOf({ sort: 'NAME', direction: 'ASCENDING' })
    const after = applyTasks(pages, [task('b', 2, { name: 'new', sequence: 6 }), task('c', 3)], [], byName)
    expect(ids(after)).toEqual(['ab'])
    expect(after[0]?.tasks[1]?.name).toBe('new')
  })
})
