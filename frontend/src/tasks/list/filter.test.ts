import { describe, expect, it } from 'vitest'
import { filterOf, requestOf, searchOf } from './filter'
import { type ListSearch, validateListSearch } from './search'

const full: ListSearch = {
  text: 'suz',
  name: 'coupling',
  status: ['RUNNING', 'PAUSED'],
  tag: ['pd', 'cu'],
  allTags: ['b12'],
  noTags: ['old'],
  owner: ['ana'],
  priority: '4..9',
  best: '..0.5',
  created: '2026-11-01..',
  updated: '..2026-11-30',
  started: '2026-11-01..2026-11-02',
  finished: '2026-11-03T08:15:00.000Z..',
  trials: [{ state: 'COMPLETED', min: 5 }, { max: 100 }],
  parameter: ['temperature'],
  metadata: [
    { path: ['lab', 'site'], equals: 'B12' },
    { path: ['t'], min: 60 },
  ],
  parent: 'p',
  ancestor: 'a',
  roots: true,
  where: { or: [{ owner: ['ben'] }, { priority: { min: 5 } }] },
  deleted: true,
}

describe('requestOf', () => {
  it('says nothing of what is not asked for', () => {
    expect(requestOf({})).toEqual({})
    expect(requestOf({ tag: ['pd'] })).toEqual({ tags: { any: ['pd'] } })
  })

  it('puts every chip into the words of the server, and further conditions beside them', () => {
    const { metadata, trials, tags, bestValue, and } = requestOf(full)
    expect(tags).toEqual({ any: ['pd', 'cu'], all: ['b12'], none: ['old'] })
    expect(bestValue).toEqual({ max: 0.5 })
    expect([metadata, trials, and]).toEqual([full.metadata, full.trials, [full.where]])
  })
})

describe('searchOf', () => {
  it('gives back the chips of which a filter was made', () => {
    expect(searchOf(requestOf(full))).toEqual(full)
    expect(validateListSearch({ ...full })).toEqual(full)
    expect(searchOf(requestOf({}))).toEqual({})
  })

  it('keeps what the chips do not say', () => {
    const filter = {
      owner: ['ana'],
      not: { status: ['FAILED' as const] },
      and: [{ root: false }, { root: null }],
    }
    const { owner, ...rest } = filter
    expect(searchOf(filter)).toEqual({ owner, where: rest })
    expect(requestOf(searchOf(filter))).toEqual({ owner, and: [rest] })
    expect(searchOf({ name: { startsWith: 'S' } })).toEqual({ where: { name: { startsWith: 'S' } } })
  })

  it('takes null for absent, as the server does', () => {
    expect(searchOf({ search: null, status: null, priority: { min: 4, max: null }, not: null })).toEqual({
      priority: '4..',
    })
  })
})

describe('filterOf', () => {
  it('leaves to the page what it can judge by itself', () => {
    expect(filterOf({ status: ['RUNNING'], name: 'x' }).judged).toEqual({ status: ['RUNNING'], name: 'x' })
    for (const search of [{ tag: ['pd'] }, { deleted: true }, { tree: true }, { sort: 'NAME' }] as const) {
      expect(filterOf(search as ListSearch).judged).toBeNull()
    }
  })

  it('shows at the top of a tree what has no parent, or is right below the task that is asked for', () => {
    expect(filterOf({ tree: true, owner: ['ana'] }).request).toEqual({ owner: ['ana'], root: true })
    expect(filterOf({ tree: true, ancestor: 'a' }).request).toEqual({ parentId: 'a' })
    expect(filterOf({ tree: true, parent: 'p' }).request).toEqual({ parentId: 'p' })
    expect(filterOf({ tree: true, deleted: true }).tree).toBe(false)
  })
})
