import { describe, expect, it } from 'vitest'
import { newestFirst, searchOfSort, sortAfterClick, sortAfterShiftClick, sortOf, turnedRound } from './sort'

describe('sortAfterClick', () => {
  it('begins with what is wanted most often, then turns round', () => {
    const byName = sortAfterClick([newestFirst], 'NAME')
    expect(byName).toEqual([{ by: 'NAME', direction: 'ASCENDING' }])
    expect(sortAfterClick(byName, 'NAME')).toEqual([{ by: 'NAME', direction: 'DESCENDING' }])
    expect(sortAfterClick(byName, 'PRIORITY')).toEqual([{ by: 'PRIORITY', direction: 'DESCENDING' }])
  })
})

describe('several keys', () => {
  const two = sortOf({ sort: 'STATUS', direction: 'ASCENDING', thenBy: ['-PRIORITY'] })

  it('are added with the shift key, turned round with it, and replaced without it', () => {
    expect(sortAfterShiftClick(sortOf({ sort: 'STATUS', direction: 'ASCENDING' }), 'PRIORITY')).toEqual(two)
    expect(searchOfSort(sortAfterShiftClick(two, 'PRIORITY')).thenBy).toEqual(['PRIORITY'])
    expect(searchOfSort(turnedRound(two))).toEqual({
      sort: 'STATUS',
      direction: 'DESCENDING',
      thenBy: ['-PRIORITY'],
    })
    expect(sortAfterClick(two, 'NAME')).toHaveLength(1)
  })

  it('stand in the address, each once', () => {
    const search = { sort: 'STATUS', direction: 'ASCENDING', thenBy: ['-PRIORITY', 'NAME'] } as const
    const given = { ...search, thenBy: [...search.thenBy, 'STATUS', '-NAME', 'nonsense'] }
    expect(searchOfSort(sortOf(given))).toEqual(search)
    expect(searchOfSort(sortOf({}))).toEqual({})
  })
})
