import type { Acquisition, SamplingMethod, StrategyKind, StrategyPartsFragment } from '../../gql/graphql'

/** What was typed of a strategy, for every kind. An empty text is the default. */
export interface StrategyDraft {
  readonly kind: StrategyKind
  readonly seed: string
  /** In seconds. */
  readonly timeLimit: string
  /** Number of times that each point of a finite space is proposed. */
  readonly replicates: string
  readonly useInitialDesign: boolean
  readonly designMethod: SamplingMethod
  readonly designCount: string
  /** Earlier tasks that it learns from. */
  readonly warmStart: readonly EarlierTask[]
  readonly gp: GpDraft
  readonly tpe: { readonly startup: string; readonly candidates: string }
  readonly grid: { readonly values: string }
  readonly nsga2: { readonly population: string; readonly crossover: string; readonly mutation: string }
}

export interface GpDraft {
  readonly acquisition: Acquisition
  readonly exploration: string
  readonly startup: string
  /** The standard deviation of a measurement, by the name of the objective. */
  readonly noise: Readonly<Record<string, string>>
}

export interface EarlierTask {
  readonly id: string
  /** Undefined until it was read. */
  readonly name: string | undefined
}

export function newStrategy(): StrategyDraft {
  return {
    kind: 'AUTO',
    seed: '',
    timeLimit: '',
    replicates: '',
    useInitialDesign: false,
    designMethod: 'SOBOL',
    designCount: '8',
    warmStart: [],
    gp: { acquisition: 'LOG_EI', exploration: '', startup: '', noise: {} },
    tpe: { startup: '', candidates: '' },
    grid: { values: '' },
    nsga2: { population: '', crossover: '', mutation: '' },
  }
}

export const defaultTimeLimit = 10

/** The strategy as it is, to be changed. */
export function strategyOf(strategy: StrategyPartsFragment): StrategyDraft {
  const { kind, seed, initialDesign, gp, tpe, grid, nsga2, warmStart, replicates, timeLimitSeconds } =
    strategy
  const fresh = newStrategy()
  return {
    kind,
    seed: String(seed),
    timeLimit: timeLimitSeconds === defaultTimeLimit ? '' : String(timeLimitSeconds),
    replicates: asText(replicates),
    useInitialDesign: initialDesign !== null,
    designMethod: initialDesign?.method ?? fresh.designMethod,
    designCount: initialDesign ? String(initialDesign.count) : fresh.designCount,
    warmStart: warmStart.map((id) => ({ id, name: undefined })),
    gp: gp
      ? {
          acquisition: gp.acquisition,
          exploration: asText(gp.exploration),
          startup: asText(gp.startup),
          noise: Object.fromEntries(
            gp.noise.map(({ objective, deviation }) => [objective, String(deviation)]),
          ),
        }
      : fresh.gp,
    tpe: { startup: asText(tpe?.startup), candidates: asText(tpe?.candidates) },
    grid: { values: asText(grid?.values) },
    nsga2: {
      population: asText(nsga2?.population),
      crossover: asText(nsga2?.crossover),
      mutation: asText(nsga2?.mutation),
    },
  }
}

function asText(number: number | null | undefined): string {
  return number === null || number === undefined ? '' : String(number)
}
