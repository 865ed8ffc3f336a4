import { describe, expect, it } from 'vitest'
import { leaseUntil } from '../lease'
import { trialWith } from '../testTrials'
import { actionLabel, actionsFor, heldBy } from './actions'
import { newPair, newTell, type TellDraft, toTell } from './tellForm'

const task = {
  objectives: [{ name: 'yield' }, { name: 'cost' }],
  constraints: [{ name: 'purity' }, { name: 'cost' }],
}

function draft(part: Partial<TellDraft>): TellDraft {
  return { ...newTell(task), ...part }
}

describe('toTell', () => {
  it('takes values, deviations where there are any, metrics and links', () => {
    const metrics = [{ ...newPair('purity'), text: '0,98' }, newPair()]
    const links = [
      { ...newPair('spectrum'), text: ' https://lab/1 ' },
      { ...newPair(''), text: 's3://bucket/2' },
    ]
    expect(
      toTell(
        draft({ values: { yield: '3.5', cost: '2' }, deviations: { yield: '0.1' }, metrics, links }),
        task,
      ).parts,
    ).toEqual({
      outcome: {
        values: [
          { objective: 'yield', value: 3.5, standardDeviation: 0.1 },
          { objective: 'cost', value: 2 },
        ],
      },
      metrics: [{ name: 'purity', value: 0.98 }],
      artifacts: [
        { name: 'spectrum', url: 'https://lab/1' },
        { name: 's3://bucket/2', url: 's3://bucket/2' },
      ],
    })
  })

  it('asks for the metrics that constraints are about', () => {
    expect(newTell(task).metrics.map(({ name }) => name)).toEqual(['purity'])
    const { problems } = toTell(draft({ values: { yield: '', cost: '2' }, deviations: { cost: '-1' } }), task)
    expect([...(problems?.keys() ?? [])]).toEqual(['outcome.values.1.standardDeviation', 'metrics.0.value'])
  })

  it('sends the objectives that were measured, one at least', () => {
    const some = toTell(draft({ values: { yield: '', cost: '2' }, metrics: [] }), task)
    expect(some.parts?.outcome).toEqual({ values: [{ objective: 'cost', value: 2 }] })
    const none = toTell(draft({ values: {}, metrics: [] }), task)
    expect([...(none.problems?.keys() ?? [])]).toEqual(['outcome.values.0.value', 'outcome.values.1.value'])
  })

  it('needs no numbers where nothing was measured', () => {
    expect(toTell(draft({ outcome: 'failure', reason: ' leak ', kind: 'timeout' }), task).parts).toEqual({
      outcome: { failure: { reason: 'leak', kind: 'timeout' } },
    })
    expect(toTell(draft({ outcome: 'infeasible' }), task).parts).toEqual({
      outcome: { infeasible: { reason: 'Told by hand' } },
    })
    expect(toTell(draft({ outcome: 'pruned' }), task).parts).toEqual({ outcome: { pruned: {} } })
  })
})

describe('actionsFor', () => {
  const lease = leaseUntil(2, 'ana', '2026-01-01T00:05:00Z', 0)
  const running = trialWith(1, { state: 'RUNNING', worker: 'ana', lease })

  it('lets the holder keep and give back, and others only take back', () => {
    expect(actionsFor(running, 'RUNNING', 'ana')).toEqual(['tell', 'keep', 'release'])
    expect(actionsFor(running, 'RUNNING', 'bo')).toEqual(['tell', 'release'])
    expect(actionLabel('release', running, 'ana')).toBe('Give back…')
    expect(actionLabel('release', running, 'bo')).toBe('Take back from ana…')
    expect(heldBy([running, trialWith(2)], 'ana')).toEqual([running])
    expect(heldBy([trialWith(3, { state: 'RUNNING' })], '')).toEqual([])
  })

  it('offers to include what is excluded, and to repeat while the task can take points', () => {
    expect(actionsFor(trialWith(1), 'RUNNING', '')).toEqual(['correct', 'exclude', 'repeat'])
    expect(actionsFor(trialWith(1, { excluded: true }), 'COMPLETED', '')).toEqual(['correct', 'include'])
    expect(actionsFor(trialWith(1, { state: 'WAITING' }), 'PAUSED', '')).toEqual(['tell', 'skip'])
  })
})
