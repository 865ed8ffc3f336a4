import { describe, expect, it } from 'vitest'
import type { SpaceReportPartsFragment } from '../../gql/graphql'
import { outsideBy, reportSentences } from './report'

const report: SpaceReportPartsFragment = {
  spaceVersion: 2,
  trials: 20,
  results: 14,
  inSpace: 14,
  outside: 0,
  learned: 14,
  waitingOutside: 0,
  runningOutside: 0,
  byParameter: [],
  byConstraint: [],
  notCandidates: 0,
  byVersion: [],
}

describe('reportSentences', () => {
  it('is short where nothing is lost', () => {
    expect(reportSentences(report)).toEqual(['All 14 results lie in the space.'])
    expect(reportSentences({ ...report, results: 0, learned: 0 })).toEqual(['There are no results yet.'])
  })

  it('says what becomes of results, of waiting and of running trials', () => {
    const narrow = { ...report, outside: 4, inSpace: 10, learned: 11, waitingOutside: 1, runningOutside: 2 }
    expect(reportSentences(narrow)).toEqual([
      expect.stringMatching(/^10 of 14 results lie in the space\. What lies outside is kept/),
      'Models still learn from 1 of the 4 outside.',
      '1 waiting trial lies outside: given up when the space changes.',
      '2 running trials lie outside: not stopped, and what comes of it is kept.',
    ])
  })
})

it('tells by what results lie outside, the most frequent first', () => {
  const outside = {
    ...report,
    byParameter: [{ parameter: 'temperature', results: 2 }],
    byConstraint: [{ constraint: 0, results: 3 }],
    notCandidates: 1,
  }
  expect(outsideBy(outside, () => 'a + b ≤ 1')).toEqual([
    ['a + b ≤ 1', 3],
    ['temperature', 2],
    ['no candidate', 1],
  ])
})
