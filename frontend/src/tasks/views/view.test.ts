import { describe, expect, it } from 'vitest'
import type { ViewPartsFragment } from '../../gql/graphql'
import type { ListSearch } from '../list/search'
import { addressOf, isAsKept, keptOf, listOf, shownOf } from './view'

const search: ListSearch = {
  status: ['RUNNING'],
  tag: ['pd'],
  sort: 'NAME',
  direction: 'ASCENDING',
  columns: ['status', 'owner'],
  tree: true,
}

const view = { id: 'view-1', name: 'Mine', owner: 'ana', version: 1, ...keptOf(search) } as ViewPartsFragment

describe('a view', () => {
  it('keeps the filter, the order, the columns and that it is a tree', () => {
    expect(keptOf(search)).toEqual({
      filter: { status: ['RUNNING'], tags: { any: ['pd'] } },
      sort: [{ by: 'NAME', direction: 'ASCENDING' }],
      columns: ['tree', 'status', 'owner'],
    })
    expect(listOf(view)).toEqual({ ...search, view: 'view-1' })
  })

  it('may be made by other programs, with what the page does not know', () => {
    const foreign = {
      ...view,
      filter: { or: [{ owner: ['ana'] }] },
      sort: [{ by: 'PRIORITY' }, { by: 'NAME', direction: 'DESCENDING' }],
      columns: ['x'],
    }
    expect(listOf(foreign)).toEqual({
      where: { or: [{ owner: ['ana'] }] },
      sort: 'PRIORITY',
      direction: 'ASCENDING',
      thenBy: ['-NAME'],
      view: 'view-1',
    })
    expect(keptOf(listOf(foreign)).sort).toHaveLength(2)
    expect(isAsKept(listOf(foreign), foreign)).toBe(true)
  })
})

describe('the address of a view', () => {
  it('is its id as long as nothing differs', () => {
    expect(addressOf({ ...search, view: 'view-1' }, view)).toEqual({ view: 'view-1', tree: true })
    expect(shownOf({ view: 'view-1' }, view)).toEqual({ ...search, view: 'view-1' })
  })

  it('has what is unfolded beside it', () => {
    const unfolded = { ...search, view: 'view-1', open: ['a'] }
    expect(addressOf(unfolded, view)).toEqual({ view: 'view-1', tree: true, open: ['a'] })
    expect(shownOf({ view: 'view-1', tree: true, open: ['a'] }, view)).toEqual(unfolded)
  })

  it('says everything once something differs, also if nothing is left of the filter', () => {
    const { status: _, ...rest } = search
    const address = addressOf({ ...rest, view: 'view-1' }, view)
    expect(address).toEqual({ ...rest, view: 'view-1', edited: true })
    expect(shownOf(address, view)).toEqual(address)
    expect(shownOf(addressOf({ view: 'view-1' }, view), view)).toEqual({ view: 'view-1', edited: true })
  })

  it('is forgotten with the view', () => {
    expect(addressOf({ ...search, view: 'view-1', edited: true }, undefined)).toEqual(search)
  })
})
