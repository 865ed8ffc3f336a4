import { describe, expect, it } from 'vitest'
import { validateListSearch } from './search'

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
    expect(validateListSearch({ sort: 'NAME', direction: 'up' })).toEqual({
      sort: 'NAME',
      direction: 'DESCENDING',
    })
    expect(validateListSearch({ sort: 'CREATED', direction: 'DESCENDING' })).toEqual({})
    expect(validateListSearch({})).toEqual({})
  })
})
