import { describe, expect, it } from 'vitest'
import { chipsOf } from './criteria'

describe('chipsOf', () => {
  it('tells of each condition, and what is left without it', () => {
    const search = { text: 'x', tag: ['pd', 'cu'], best: '0.5..', roots: true } as const
    const chips = chipsOf({ ...search, tag: [...search.tag] })
    expect(chips.map(({ label }) => label)).toEqual([
      'Tag pd',
      'or tag cu',
      'Best value at least 0.5',
      'Without a parent',
    ])
    expect(chips[0]?.without).toEqual({ ...search, tag: ['cu'] })
    expect(chips[3]?.without).toEqual({ text: 'x', tag: ['pd', 'cu'], best: '0.5..' })
    expect(chipsOf({ tag: ['pd'] })[0]?.without).toEqual({})
  })

  it('counts trials in a state or in any', () => {
    const trials = [{ state: 'COMPLETED' as const, min: 5 }, { max: 100 }]
    expect(chipsOf({ trials }).map(({ label }) => label)).toEqual([
      'Completed trials at least 5',
      'Trials at most 100',
    ])
  })

  it('leaves the name of a task to be read', () => {
    expect(chipsOf({ ancestor: 'a' })).toEqual([{ label: 'Below', without: {}, taskId: 'a' }])
  })
})
