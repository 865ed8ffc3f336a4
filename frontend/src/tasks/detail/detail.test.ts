import { expect, it } from 'vitest'
import { completed, trialWith } from '../../trials/testTrials'
import { improvedAt, resultsSince, targetReached } from './budget'
import { queueText } from './queue'
import { validateDetailSearch } from './search'

it('knows when a target is reached', () => {
  expect(targetReached(null, 3, 'MINIMIZE')).toBe(false)
  expect([2, 3, 4].map((best) => targetReached(best, 3, 'MINIMIZE'))).toEqual([true, true, false])
  expect([2, 3, 4].map((best) => targetReached(best, 3, 'MAXIMIZE'))).toEqual([false, true, true])
})

it('counts the results since the last improvement', () => {
  const at = (minute: number) => ({ finishedAt: `2026-01-01T00:0${minute}:00Z` })
  const trials = [
    completed(1, { y: 1 }, at(1)),
    completed(2, { y: 9 }, at(2)),
    completed(3, { y: 2 }, at(3)),
    completed(4, { y: 2 }, { ...at(4), excluded: true }),
    trialWith(5, { state: 'FAILED', ...at(5) }),
    trialWith(6, { state: 'RUNNING' }),
  ]
  const none = new Set<number>()
  expect(resultsSince(trials, improvedAt(trials, 2, none))).toBe(1)
  expect(resultsSince(trials, improvedAt(trials, undefined, new Set([1, 2])))).toBe(1)
  expect(resultsSince(trials, improvedAt(trials, undefined, none))).toBe(3)
})

it('tells the place in the queue in words', () => {
  const why = { reason: 'BEHIND_OTHERS', message: 'three tasks go first', until: null } as const
  expect(queueText({ queuePosition: 4, whyWaiting: why })).toEqual({
    place: '4th in the queue',
    why: 'Three tasks go first.',
  })
  expect(
    [1, 2, 3, 11, 22].map((queuePosition) => queueText({ queuePosition, whyWaiting: null }).place),
  ).toEqual([
    'Next in the queue',
    '2nd in the queue',
    '3rd in the queue',
    '11th in the queue',
    '22nd in the queue',
  ])
  expect(queueText({ queuePosition: null, whyWaiting: null }).place).toBe('Not in the queue')
})

it('keeps the trial of the address if it can be one', () => {
  expect(validateDetailSearch({ trial: 12 })).toEqual({ trial: 12 })
  expect(validateDetailSearch({ trial: '7' })).toEqual({ trial: 7 })
  for (const trial of [0, -1, 1.5, 'x', null, undefined]) expect(validateDetailSearch({ trial })).toEqual({})
})
