import type { Acquisition, Criterion, StrategyKind } from '../../gql/graphql'
import { asSentence } from '../../ui/format'

export const strategyLabels: Readonly<Record<StrategyKind, string>> = {
  AUTO: 'Automatic',
  GP: 'Gaussian process',
  TPE: 'Parzen estimator (TPE)',
  NSGA2: 'Genetic (NSGA-II)',
  SOBOL: 'Sobol sequence',
  LATIN_HYPERCUBE: 'Latin hypercube',
  GRID: 'Grid',
  RANDOM: 'Random',
  EXTERNAL: 'External',
}

export const strategyMeanings: Readonly<Record<StrategyKind, string>> = {
  AUTO: 'Chooses among the others by your parameters, your objectives and the number of results, and tells with each point why. Right for most tasks.',
  GP: 'A model of your results tells what to expect of each point, and how sure that is. Needs the fewest experiments: for when each one is dear.',
  TPE: 'More of what was good, less of what was bad. Robust with many choices or conditional parameters and hundreds of results.',
  NSGA2:
    'Breeds each generation of points from the best of the last. For several objectives and cheap evaluations by the hundreds.',
  SOBOL:
    'Points spread evenly over the space, each in the largest gap left so far. Good when you can stop at any time.',
  LATIN_HYPERCUBE:
    'Every parameter’s range is cut into equal slices and each slice is used once. Good for screening with a fixed number of experiments.',
  GRID: 'Every combination of values, each once, spread over the space from the start. For a few parameters with few values, when all are to be tried.',
  RANDOM: 'Each point is drawn at random from the parameter space. Simple, and a fair thing to compare with.',
  EXTERNAL:
    'Your own program decides which points to try and adds them here; workers ask for them and tell results as usual.',
}

/** How the kinds are offered, the usual one first. */
export const strategyGroups: readonly { readonly title: string; readonly kinds: readonly StrategyKind[] }[] =
  [
    { title: 'Recommended', kinds: ['AUTO'] },
    { title: 'Learn from the results', kinds: ['GP', 'TPE', 'NSGA2'] },
    { title: 'Cover the space', kinds: ['SOBOL', 'LATIN_HYPERCUBE', 'GRID', 'RANDOM'] },
    { title: 'From elsewhere', kinds: ['EXTERNAL'] },
  ]

interface StrategyTraits {
  /** It learns from results, so earlier tasks may help, and computing takes time. */
  readonly learns: boolean
  /** The settings that the server takes with it. */
  readonly settings: readonly ('gp' | 'tpe' | 'grid' | 'nsga2')[]
}

export const strategyTraits: Readonly<Record<StrategyKind, StrategyTraits>> = {
  AUTO: { learns: true, settings: ['gp', 'tpe'] },
  GP: { learns: true, settings: ['gp'] },
  TPE: { learns: true, settings: ['tpe'] },
  NSGA2: { learns: true, settings: ['nsga2'] },
  SOBOL: { learns: false, settings: [] },
  LATIN_HYPERCUBE: { learns: false, settings: [] },
  GRID: { learns: false, settings: ['grid'] },
  RANDOM: { learns: false, settings: [] },
  EXTERNAL: { learns: false, settings: [] },
}

export const acquisitionLabels: Readonly<Record<Acquisition, string>> = {
  LOG_EI: 'Expected improvement',
  UCB: 'Confidence bound',
  PI: 'Probability of improvement',
  THOMPSON: 'Thompson sampling',
}

export const acquisitionMeanings: Readonly<Record<Acquisition, string>> = {
  LOG_EI: 'Where the most improvement over the best is to be expected. The usual choice.',
  UCB: 'Where the value could be best if you are as optimistic as you say. Bolder with a larger number.',
  PI: 'Where any improvement, however small, is most likely. Stays close to what is good already.',
  THOMPSON:
    'The best point of one function that the model holds possible. Many workers get very different points.',
}

/** What the value of a criterion is called, where one is told. */
export const criterionLabels: Readonly<Record<Criterion, string>> = {
  LOG_EI: 'log of the expected improvement',
  UCB: 'confidence bound',
  PI: 'probability of improvement',
  THOMPSON: 'value of a function drawn from the model',
  LOG_EHVI: 'log of the expected gain in hypervolume',
  DENSITY_RATIO: 'log of how much likelier the point is among good ones',
  FEASIBILITY: 'probability that the constraints are kept',
}

/** How the server calls strategies in its own sentences. */
const namesInReasons = /^(gaussian process|tpe|nsga-ii)\b[\s,:;]*/i

/** A reason as a sentence, without the name of the strategy, which stands before it. */
export function reasonText(reason: string): string {
  const rest = reason.trim().replace(namesInReasons, '')
  return asSentence(rest === '' ? reason : rest)
}
