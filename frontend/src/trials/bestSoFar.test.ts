import { describe, expect, it } from 'vitest'
import { bestSoFar, type ChartPoint, completedPoints } from './bestSoFar'
import { completed, trialWith } from './testTrials'
import type { Trial } from './trial'

const points: ChartPoint[] = [
  [1, 5],
  [2, 7],
  [4, 6],
  [5, 9],
  [8, 1],
]

describe('bestSoFar', () => {
  it('steps up where larger is better, and reaches the last trial', () => {
    expect(bestSoFar(points, 'MAXIMIZE')).toEqual([
      [1, 5],
      [2, 7],
      [5, 9],
      [8, 9],
    ])
  })

  it('steps down where smaller is better', () => {
    expect(bestSoFar(points, 'MINIMIZE')).toEqual([
      [1, 5],
      [8, 1],
    ])
  })

  it('is no improvement to be as good', () => {
    expect(
      bestSoFar(
        [
          [1, 3],
          [2, 3],
          [3, 3],
        ],
        'MAXIMIZE',
      ),
    ).toEqual([
      [1, 3],
      [3, 3],
    ])
  })

  it('has nothing to say about nothing', () => {
    expect(bestSoFar([], 'MINIMIZE')).toEqual([])
  })
})

describe('completedPoints', () => {
  const trial = (number: number, state: Trial['state'], values: [string, number][]): Trial =>
    trialWith(number, { state, values: new Map(values) })

  it('takes completed trials with a value of the objective only', () => {
    const trials = [
      trial(1, 'COMPLETED', [['yield', 4]]),
      trial(2, 'FAILED', []),
      trial(3, 'PRUNED', [['yield', 9]]),
      trial(4, 'COMPLETED', [['cost', 2]]),
      trial(5, 'RUNNING', []),
      trial(6, 'COMPLETED', [
        ['cost', 2],
        ['yield', 0],
      ]),
    ]
    expect(completedPoints(trials, 'yield', [])).toEqual([
      [1, 4],
      [6, 0],
    ])
  })

  it('tells those that count from those that are left out', () => {
    const trials = [
      completed(1, { yield: 4, cost: 1 }),
      completed(2, { yield: 5, cost: 9 }),
      completed(3, { yield: 6, cost: 1 }, { excluded: true }),
    ]
    const constraints = [{ name: 'cost', atMost: 5, atLeast: null }]
    expect(completedPoints(trials, 'yield', constraints)).toEqual([[1, 4]])
    expect(completedPoints(trials, 'yield', constraints, 'left out')).toEqual([
      [2, 5],
      [3, 6],
    ])
  })
})
