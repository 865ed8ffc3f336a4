import { describe, expect, it } from 'vitest'
import { metadataOf, metadataWords } from './metadata'

describe('metadataOf', () => {
  it('reads a path, and a value as the JSON that it is, or else as a text', () => {
    expect(metadataOf('lab.site', 'equals', 'B12')).toEqual({ path: ['lab', 'site'], equals: 'B12' })
    expect(metadataOf('t', 'equals', '60')).toEqual({ path: ['t'], equals: 60 })
    expect(metadataOf('t', 'equals', '"60"')).toEqual({ path: ['t'], equals: '60' })
    expect(metadataOf('t', 'min', '60')).toEqual({ path: ['t'], min: 60 })
    expect(metadataOf('t', 'absent', '')).toEqual({ path: ['t'], exists: false })
  })

  it('says nothing while something is missing', () => {
    expect(metadataOf('lab.', 'exists', '')).toBeUndefined()
    expect(metadataOf('t', 'equals', ' ')).toBeUndefined()
    expect(metadataOf('t', 'max', 'warm')).toBeUndefined()
  })
})

describe('metadataWords', () => {
  it('tells all that is asked of a value', () => {
    expect(metadataWords({ path: ['lab', 'site'], equals: 'B12' })).toBe('lab.site is B12')
    expect(metadataWords({ path: ['t'], exists: true, min: 60, max: 90 })).toBe('t is there, 60 to 90')
    expect(metadataWords({ path: ['t'], in: [1, 'x'] })).toBe('t is 1 or x')
  })
})
