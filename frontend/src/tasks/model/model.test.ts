import { describe, expect, it } from 'vitest'
import type {
  ContourPartsFragment,
  ParameterPartsFragment,
  SlicePartsFragment,
  StrategyKind,
} from '../../gql/graphql'
import { completed } from '../../trials/testTrials'
import { axisOf, borders, labelAt, placeOf, shareOf } from './axis'
import { colorAt, contourSeries } from './contourSeries'
import { weights } from './importance'
import { sliceParts, sliceSeries } from './sliceSeries'
import { fitText, noModelText } from './words'

const condition = { parameter: 'solvent', oneOf: ['DMF'], atLeast: null, atMost: null }
const parameters: ParameterPartsFragment[] = [
  {
    __typename: 'FloatParameter',
    fixed: null,
    name: 'load',
    condition: null,
    low: 0.01,
    high: 1,
    step: null,
    log: true,
  },
  {
    __typename: 'CategoricalParameter',
    fixed: null,
    name: 'solvent',
    condition: null,
    choices: ['THF', 'DMF'],
  },
  {
    __typename: 'FloatParameter',
    fixed: null,
    name: 'base',
    condition,
    low: 0,
    high: 2,
    step: null,
    log: false,
  },
]
const axes = parameters.map(axisOf)
const [load, solvent, base] = axes as [(typeof axes)[0], (typeof axes)[0], (typeof axes)[0]]

describe('axes', () => {
  it('have choices at whole places', () => {
    expect([solvent.low, solvent.high]).toEqual([-0.5, 1.5])
    expect([placeOf(solvent, 'DMF'), placeOf(solvent, 'ether'), placeOf(load, 0.3)]).toEqual([
      1,
      undefined,
      0.3,
    ])
    expect([labelAt(solvent, 1), labelAt(solvent, 0.5), labelAt(load, 0.3)]).toEqual(['DMF', '', '0.3'])
  })

  it('part log scales by ratios', () => {
    expect(shareOf(load, 0.1)).toBeCloseTo(0.5)
    const found = borders(load, [0.01, 0.1, 1])
    expect(found.map((place) => Math.log10(place))).toEqual([-2, -1.5, -0.5, 0].map((x) => expect.closeTo(x)))
    expect(borders(base, [0, 1, 2])).toEqual([0, 0.5, 1.5, 2])
    expect(borders(solvent, [0, 1])).toEqual([-0.5, 0.5, 1.5])
  })
})

describe('slices', () => {
  const slice: SlicePartsFragment = {
    parameter: 'base',
    at: { load: 0.1, solvent: 'DMF', base: 1 },
    values: [0, 0.5, 1, 1.5],
    objectives: [{ objective: 'yield', means: [1, null, 3, 4], deviations: [0.5, null, 0.5, 1] }],
  }

  it('are broken where the space has no point', () => {
    expect(sliceParts(slice, 'yield', base)).toEqual([
      [[0, 1, 0, 2]],
      [
        [1, 3, 2, 4],
        [1.5, 4, 2, 6],
      ],
    ])
    expect(sliceParts(slice, 'cost', base)).toEqual([])
  })

  it('have the results beside them, the close ones apart', () => {
    const trials = [
      completed(1, { yield: 5 }, { point: { load: 0.12, solvent: 'DMF', base: 0.2 } }),
      completed(2, { yield: 6 }, { point: { load: 0.9, solvent: 'DMF', base: 1.2 } }),
      completed(3, { yield: 7 }, { point: { load: 0.1, solvent: 'THF' } }),
      completed(4, { yield: 8 }, { point: { load: 0.1, solvent: 'DMF', base: 1 }, excluded: true }),
    ]
    expect(sliceSeries(slice, 'yield', trials, axes)).toMatchObject({
      near: [[0.2, 5, 1]],
      far: [[1.2, 6, 2]],
    })
  })
})

it('makes a plane of cells, with holes where the space has no point', () => {
  const contour: ContourPartsFragment = {
    x: 'base',
    y: 'solvent',
    at: { load: 0.1, solvent: 'DMF', base: 1 },
    xValues: [0, 2],
    yValues: ['THF', 'DMF'],
    objectives: [{ objective: 'yield', means: [null, null, 3, 4], deviations: [null, null, 0.5, 1] }],
  }
  const trials = [
    completed(1, { yield: 5 }, { point: { load: 0.1, solvent: 'DMF', base: 0.2 } }),
    completed(2, { yield: 6 }, { point: { load: 0.9, solvent: 'DMF', base: 1.2 } }),
    completed(3, { yield: 7 }, { point: { load: 0.1, solvent: 'THF' } }),
  ]
  expect(contourSeries(contour, 'yield', 'means', trials, axes)).toEqual({
    cells: [
      [0, 1, 0.5, 1.5, 3, 0.5],
      [1, 2, 0.5, 1.5, 4, 1],
    ],
    range: [3, 4],
    near: [[0.2, 1, 1]],
    far: [[1.2, 1, 2]],
  })
  expect(contourSeries(contour, 'yield', 'deviations', trials, axes).range).toEqual([0.5, 1])
  expect(contourSeries(contour, 'cost', 'means', trials, axes).range).toBeUndefined()
})

it('mixes colours', () => {
  const stops = [
    [0, 0, 0],
    [100, 200, 50],
    [200, 0, 0],
  ] as const
  expect([0, 0.25, 0.5, 1, 7, -1].map((share) => colorAt(stops, share))).toEqual([
    'rgb(0,0,0)',
    'rgb(50,100,25)',
    'rgb(100,200,50)',
    'rgb(200,0,0)',
    'rgb(200,0,0)',
    'rgb(0,0,0)',
  ])
})

it('ranks parameters by what the results say, else by the model', () => {
  const importance = [
    { objective: 'yield', parameter: 'a', importance: 0.2 },
    { objective: 'yield', parameter: 'b', importance: 0.7 },
    { objective: 'cost', parameter: 'a', importance: 0.9 },
  ]
  const model = {
    objective: 'yield',
    scale: '',
    noise: 0,
    rSquared: null,
    informative: true,
    parameters: [
      { parameter: 'a', lengthScale: 0.3, relevance: 0.9 },
      { parameter: 'b', lengthScale: 2, relevance: 0.1 },
    ],
    crossValidation: [],
  }
  expect(weights(['a', 'b'], 'yield', importance, model).map(({ parameter }) => parameter)).toEqual([
    'b',
    'a',
  ])
  expect(weights(['a', 'b'], 'yield', null, model)).toEqual([
    { parameter: 'a', importance: undefined, relevance: 0.9, lengthScale: 0.3 },
    { parameter: 'b', importance: undefined, relevance: 0.1, lengthScale: 2 },
  ])
})

describe('words', () => {
  it('say why there is no model', () => {
    const task = (kind: StrategyKind, completed = 0, working?: StrategyKind) =>
      noModelText({ strategy: { kind }, trialCounts: { completed }, status: 'RUNNING' } as never, working)
    expect(task('AUTO')).toMatch(/Not enough results yet\. None has come yet/)
    expect(task('AUTO', 3, 'SOBOL')).toMatch(/3 have come/)
    expect(task('AUTO', 300, 'TPE')).toMatch(/^TPE compares/)
    expect(task('NSGA2', 300, 'SOBOL')).toMatch(/^NSGA-II breeds/)
    expect(task('SOBOL', 3)).toMatch(/needs no model/)
    expect(task('EXTERNAL', 3)).toMatch(/Your own program/)
  })

  it('say how good a fit is', () => {
    expect([0.95, 0.8, 0.5, 0.2, -1].map(fitText)).toEqual([
      'predicts very well',
      'predicts well',
      'predicts roughly',
      'predicts poorly',
      'cannot predict yet',
    ])
  })
})
