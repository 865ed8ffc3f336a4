import { describe, expect, it } from 'vitest'
import { newestFirst, sortAfterClick } from './sort'

describe('sortAfterClick', () => {
  it('begins with what is wanted most often, then turns round', () => {
    const byName = sortAfterClick(newestFirst, 'NAME')
    expect(byName).toEqual({ by: 'NAME', direction: 'ASCENDING' })
    expect(sortAfterClick(byName, 'NAME').direction).toBe('DESCENDING')
    expect(sortAfterClick(byName, 'PRIORITY').direction).toBe('DESCENDING')
  })
})
