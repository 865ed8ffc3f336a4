import { describe, expect, it } from 'vitest'
import { validateListSearch, withOpen } from './search'

describe('validateListSearch', () => {
  it('keeps what it knows', () => {
    const search = { status: ['PAUSED', 'NONSENSE', 'RUNNING'], name: 12, deleted: true, other: 1 }
    expect(validateListSearch(search)).toEqual({ status: ['RUNNING', 'PAUSED'], name: '12', deleted: true })
    expect(validateListSearch({ status: 'FAILED', name: '', deleted: 'yes' })).toEqual({ status: ['FAILED'] })
    expect(validateListSearch({ tag: 'pd', owner: ['anna', 7], priority: 1.5, roots: true })).toEqual({
      tag: ['pd'],
      owner: ['anna', '7'],
      roots: true,
    })
    expect(validateListSearch({ priority: 4, best: '..x', where: 'x', metadata: [{ path: 'x' }] })).toEqual({
      priority: '4..',
    })
    expect(validateListSearch({ sort: 'NAME', direction: 'up' })).toEqual({
      sort: 'NAME',
      direction: 'DESCENDING',
    })
    expect(validateListSearch({ sort: 'CREATED', direction: 'DESCENDING' })).toEqual({})
    expect(validateListSearch({})).toEqual({})
  })
})

describe('what is unfolded in a tree', () => {
  it('stands in the address, up to a number', () => {
    expect(withOpen({ tree: true, open: ['a'] }, 'b', true)).toEqual({ tree: true, open: ['a', 'b'] })
    expect(withOpen({ tree: true, open: ['a'] }, 'a', false)).toEqual({ tree: true })
    const many = Array.from({ length: 40 }, (_, at) => `task ${at}`)
    expect(withOpen({ open: many }, 'last', true).open).toEqual([...many.slice(1), 'last'])
  })

  it('is forgotten with the tree', () => {
    expect(validateListSearch({ tree: true, open: 'a' })).toEqual({ tree: true, open: ['a'] })
    expect(validateListSearch({ open: ['a'] })).toEqual({})
  })
})
