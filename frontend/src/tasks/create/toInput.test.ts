import { describe, expect, it } from 'vitest'
import { problemAt } from '../../graphql/problems'
import { newParameter, type ParameterDraft } from '../space/drafts'
import { rowProblem } from '../space/problems'
import { parseList } from '../space/toSpace'
import { newObjective, newTask, type TaskDraft } from './form'
import { unplacedProblems } from './problems'
import { toInput } from './toInput'

type Part = Partial<Omit<TaskDraft, 'strategy'>> & {
  parameters?: ParameterDraft[]
  strategy?: Partial<TaskDraft['strategy']>
}

function draft({ parameters, strategy, ...part }: Part = {}): TaskDraft {
  const task = newTask()
  return {
    ...task,
    name: ' Epoxy ',
    objectives: [{ ...newObjective(), name: 'toughness' }],
    ...part,
    space: {
      ...task.space,
      parameters: parameters ?? [{ ...newParameter('float'), name: 'temperature', low: '20', high: '180' }],
    },
    strategy: { ...task.strategy, ...strategy },
  }
}

describe('toInput', () => {
  it('maps every kind of parameter', () => {
    const result = toInput(
      draft({
        parameters: [
          { ...newParameter('float'), name: 'x', low: '0,001', high: '1e2', step: '', log: true },
          { ...newParameter('int'), name: 'n', low: '-3', high: '9', step: '2' },
          { ...newParameter('categorical'), name: 'solvent', values: 'THF, DMF' },
          { ...newParameter('ordinal'), name: 'level', values: '1, 2, "3", true' },
        ],
      }),
    )
    expect(result.input?.name).toBe('Epoxy')
    expect(result.input?.parameterSpace?.parameters).toEqual([
      { float: { name: 'x', low: 0.001, high: 100, log: true } },
      { int: { name: 'n', low: -3, high: 9, step: 2, log: false } },
      { categorical: { name: 'solvent', choices: ['THF', 'DMF'] } },
      { ordinal: { name: 'level', levels: [1, 2, '3', true] } },
    ])
  })

  it('leaves out what was not filled in', () => {
    expect(toInput(draft()).input).toEqual({
      name: 'Epoxy',
      description: '',
      parameterSpace: { parameters: [{ float: { name: 'temperature', low: 20, high: 180, log: false } }] },
      objectives: [{ name: 'toughness', direction: 'MAXIMIZE' }],
      strategy: { kind: 'AUTO' },
    })
  })

  it('adds seed, initial design and metadata when given', () => {
    const { input } = toInput(
      draft({
        strategy: { seed: '7', useInitialDesign: true, designCount: '12' },
        metadata: '{"project": "adhesives"}',
      }),
    )
    expect(input?.strategy).toEqual({ kind: 'AUTO', seed: 7, initialDesign: { method: 'SOBOL', count: 12 } })
    expect(input?.metadata).toEqual({ project: 'adhesives' })
  })

  it('reports problems at the paths that the server uses', () => {
    const { problems } = toInput(
      draft({
        name: ' ',
        parameters: [
          { ...newParameter('float'), name: 'x', low: '5', high: '2' },
          { ...newParameter('int'), name: 'x', low: '0.5', high: 'ten' },
          { ...newParameter('categorical'), name: 'c', values: ' ' },
          { ...newParameter('float'), name: 'l', low: '0', high: '1', log: true },
        ],
        objectives: [newObjective()],
        strategy: { seed: '1.5' },
        metadata: '[1]',
      }),
    )
    expect([...(problems?.keys() ?? [])].sort()).toEqual([
      'metadata',
      'name',
      'objectives.0.name',
      'parameterSpace.parameters.0.float.high',
      'parameterSpace.parameters.1.int.high',
      'parameterSpace.parameters.1.int.low',
      'parameterSpace.parameters.1.int.name',
      'parameterSpace.parameters.2.categorical.choices',
      'parameterSpace.parameters.3.float.low',
      'strategy.seed',
    ])
  })

  it('asks for at least one parameter and one objective', () => {
    const { problems } = toInput(draft({ parameters: [], objectives: [] }))
    expect([...(problems?.keys() ?? [])]).toEqual(['parameterSpace.parameters', 'objectives'])
  })
})

describe('parseList', () => {
  it('reads numbers and booleans, keeps quoted ones as text', () => {
    expect(parseList('a, 1.5\n"2", false,,  b c ')).toEqual(['a', 1.5, '2', false, 'b c'])
  })
})

describe('problems', () => {
  const path = 'parameterSpace.parameters.0'
  const problems = new Map([
    [`${path}.categorical.choices.2`, 'Too long.'],
    [path, 'Unknown kind.'],
    ['initialDesigns.0', 'Not in the space.'],
  ])

  it('shows an error inside a list at the list’s field', () => {
    expect(problemAt(problems, `${path}.categorical.choices`)).toBe('Too long.')
  })

  it('shows an error of a row at the row, one without a field at the end', () => {
    expect(rowProblem(problems, path, ['categorical.name', 'categorical.choices'])).toBe('Unknown kind.')
    expect(unplacedProblems(problems, draft())).toEqual(['initialDesigns.0: Not in the space.'])
  })
})
