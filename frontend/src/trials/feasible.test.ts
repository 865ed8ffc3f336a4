import { expect, it } from 'vitest'
import { brokenConstraints, constraintText, standing } from './feasible'
import { completed } from './testTrials'

const atMost = { name: 'cost', atMost: 5, atLeast: null }
const within = { name: 'purity', atMost: 1, atLeast: 0.9 }

it('looks at objectives and metrics, and takes the bounds themselves as kept', () => {
  const good = completed(1, { cost: 5 }, { metrics: new Map([['purity', 0.9]]) })
  const bad = completed(2, { cost: 5.1 }, { metrics: new Map([['purity', 0.8]]) })
  expect(brokenConstraints(good, [atMost, within])).toEqual([])
  expect(brokenConstraints(bad, [atMost, within])).toEqual([atMost, within])
  expect([standing(good, [atMost]), standing(bad, [atMost]), standing(bad, [])]).toEqual([
    'counting',
    'left out',
    'counting',
  ])
})

it('counts only what is not excluded and lies in the present space', () => {
  expect(standing(completed(1, { cost: 1 }, { excluded: true, inSpace: false }), [])).toBe('left out')
  expect(standing(completed(1, { cost: 1 }, { inSpace: false }), [])).toBe('outside')
  expect(brokenConstraints(completed(1, { cost: 9 }, { state: 'RUNNING' }), [atMost])).toEqual([])
})

it('says what is wanted', () => {
  expect([atMost, within, { name: 'mass', atMost: null, atLeast: 2 }].map(constraintText)).toEqual([
    'cost at most 5',
    'purity from 0.9 to 1',
    'mass at least 2',
  ])
})
