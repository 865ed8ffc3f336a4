import { describe, expect, it } from 'vitest'
import { everything, isSelected, nothing, rangeOf, sizeOf, targetOf, withTasks } from './selection'

const filter = { status: ['RUNNING' as const], deleted: false }

describe('a selection', () => {
  it('is sent as ids as long as tasks were picked', () => {
    const some = withTasks(withTasks(nothing, ['a', 'b', 'c'], true), ['b'], false)
    expect(targetOf(some, filter)).toEqual({ ids: ['a', 'c'] })
    expect(sizeOf(some, 500)).toBe(2)
  })

  it('is sent as the filter when it is all that match, less those that were taken out', () => {
    expect(targetOf(everything, filter)).toEqual({ filter })
    const but = withTasks(everything, ['a'], false)
    expect(isSelected(but, 'a')).toBe(false)
    expect(sizeOf(but, 500)).toBe(499)
    expect(targetOf(but, filter)).toEqual({ filter: { ...filter, not: { ids: ['a'] } } })
    expect(targetOf(withTasks(but, ['a'], true), filter)).toEqual({ filter })
  })

  it('takes no more out of a filter than the server takes', () => {
    const ids = Array.from({ length: 1_001 }, (_, at) => `task ${at}`)
    expect(withTasks(everything, ids, false)).toBe(everything)
  })
})

describe('rangeOf', () => {
  it('reaches up and down, ends included', () => {
    expect(rangeOf(['a', 'b', 'c', 'd'], 'b', 'd')).toEqual(['b', 'c', 'd'])
    expect(rangeOf(['a', 'b', 'c', 'd'], 'c', 'a')).toEqual(['a', 'b', 'c'])
  })

  it('is the one task if the other is not shown any more', () => {
    expect(rangeOf(['a', 'b'], 'gone', 'b')).toEqual(['b'])
  })
})
