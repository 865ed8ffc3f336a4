import type { GpSettingsInput, Nsga2SettingsInput, StrategyInput, TpeSettingsInput } from '../../gql/graphql'
import { parseNumber } from '../../trials/pointForm'
import type { GpDraft, StrategyDraft } from './drafts'
import { strategyTraits } from './words'

type Report = (path: string, text: string) => void

/** The strategy as the server wants it: only what differs from the default, and nothing of other kinds. */
export function toStrategy(
  draft: StrategyDraft,
  objectives: readonly string[],
  report: Report,
): StrategyInput {
  const { kind, warmStart, useInitialDesign } = draft
  const { learns, settings } = strategyTraits[kind]
  const at = (field: string) => (text: string) => report(`strategy.${field}`, text)
  const seed = whole(draft.seed, [0, 2_147_483_647], at('seed'))
  const limit = learns ? number(draft.timeLimit, [0.05, 600], at('timeLimitSeconds')) : undefined
  const replicates = kind !== 'EXTERNAL' ? whole(draft.replicates, [1, 1_000], at('replicates')) : undefined
  const count = useInitialDesign ? parseNumber(draft.designCount) : undefined
  if (useInitialDesign && (count === undefined || !Number.isInteger(count) || count < 1)) {
    at('initialDesign.count')('Enter a whole number of at least 1.')
  }
  const parts = {
    gp: () => toGp(draft.gp, objectives, report),
    tpe: () => toTpe(draft.tpe, report),
    grid: () => ({ values: whole(draft.grid.values, [2, 1_000], at('grid.values')) }),
    nsga2: () => toNsga2(draft.nsga2, report),
  }
  const tuned = settings.flatMap((name) => {
    const given = filled(parts[name]())
    return Object.keys(given).length > 0 ? [[name, given] as const] : []
  })
  return {
    kind,
    ...filled({ seed, timeLimitSeconds: limit, replicates }),
    ...(count === undefined ? {} : { initialDesign: { method: draft.designMethod, count } }),
    ...(learns && warmStart.length > 0 ? { warmStart: warmStart.map(({ id }) => id) } : {}),
    ...Object.fromEntries(tuned),
  }
}

function toGp(draft: GpDraft, objectives: readonly string[], report: Report): Partial<GpSettingsInput> {
  const at = (field: string) => (text: string) => report(`strategy.gp.${field}`, text)
  const ucb = draft.acquisition === 'UCB'
  const given = objectives.filter((objective) => (draft.noise[objective] ?? '').trim() !== '')
  const noise = given.map((objective, index) => ({
    objective,
    deviation: number(draft.noise[objective] ?? '', [0, Infinity], at(`noise.${index}.deviation`)) ?? 0,
  }))
  return {
    acquisition: draft.acquisition === 'LOG_EI' ? undefined : draft.acquisition,
    exploration: ucb ? number(draft.exploration, [0, 100], at('exploration')) : undefined,
    noise: noise.length > 0 ? noise : undefined,
    startup: whole(draft.startup, [1, 10_000], at('startup')),
  }
}

/** Where the server has the noise of an objective: among those that are given. */
export function noisePath(draft: GpDraft, objectives: readonly string[], objective: string): string {
  const given = objectives.filter((one) => (draft.noise[one] ?? '').trim() !== '')
  return `strategy.gp.noise.${given.indexOf(objective)}`
}

function toTpe(draft: StrategyDraft['tpe'], report: Report): Partial<TpeSettingsInput> {
  const at = (field: string) => (text: string) => report(`strategy.tpe.${field}`, text)
  return {
    startup: whole(draft.startup, [1, 10_000], at('startup')),
    candidates: whole(draft.candidates, [1, 10_000], at('candidates')),
  }
}

function toNsga2(draft: StrategyDraft['nsga2'], report: Report): Partial<Nsga2SettingsInput> {
  const at = (field: string) => (text: string) => report(`strategy.nsga2.${field}`, text)
  return {
    population: whole(draft.population, [4, 1_000], at('population')),
    crossover: number(draft.crossover, [0, 1], at('crossover')),
    mutation: number(draft.mutation, [0, 1], at('mutation')),
  }
}

type Span = readonly [low: number, high: number]

function number(text: string, [low, high]: Span, report: (text: string) => void): number | undefined {
  if (text.trim() === '') return undefined
  const value = parseNumber(text)
  if (value === undefined) report('Enter a number.')
  else if (value < low || value > high) {
    report(
      high === Infinity ? `Must be at least ${low}.` : `Must be from ${low} to ${high.toLocaleString('en')}.`,
    )
  }
  return value
}

function whole(text: string, span: Span, report: (text: string) => void): number | undefined {
  const value = number(text, span, report)
  if (value !== undefined && !Number.isInteger(value)) report('Enter a whole number.')
  return value
}

/** Without what is not given. */
function filled<Parts extends object>(
  parts: Parts,
): { [Key in keyof Parts]?: Exclude<Parts[Key], undefined> } {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as never
}
