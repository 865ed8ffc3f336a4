import { expect, it } from 'vitest'
import { completed } from '../testTrials'
import { type ParetoPoint, paretoPoints, stairs } from './paretoPoints'

it('sorts trials into the front, the others and those left out', () => {
  const trials = [
    completed(1, { yield: 1, cost: 9 }),
    completed(2, { yield: 5, cost: 5 }),
    completed(3, { yield: 9, cost: 99 }),
    completed(4, { yield: 8, cost: 4 }, { excluded: true }),
    completed(5, { yield: 8 }),
  ]
  const constraints = [{ name: 'cost', atMost: 50, atLeast: null }]
  expect(paretoPoints(trials, ['yield', 'cost'], new Set([2]), constraints)).toEqual({
    front: [[5, 5, 2]],
    others: [[1, 9, 1]],
    leftOut: [
      [9, 99, 3],
      [8, 4, 4],
    ],
  })
})

it('goes along the front in stairs that no point of it lies beyond', () => {
  const front: ParetoPoint[] = [
    [3, 1, 7],
    [1, 4, 8],
    [2, 2, 9],
  ]
  expect(stairs(front, ['MINIMIZE', 'MINIMIZE'])).toEqual([
    [1, 4],
    [2, 4],
    [2, 2],
    [3, 2],
    [3, 1],
  ])
  expect(stairs([], ['MAXIMIZE', 'MINIMIZE'])).toEqual([])
})
