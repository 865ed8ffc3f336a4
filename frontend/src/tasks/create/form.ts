import type { Direction, SamplingMethod, StrategyKind } from '../../gql/graphql'
import { newSettings, type SettingsDraft } from '../settings/drafts'

export type ParameterKind = 'float' | 'int' | 'categorical' | 'ordinal'

/** A row of the parameter editor: what was typed, for every kind, so that changing the kind loses nothing. */
export interface ParameterDraft {
  readonly key: number
  readonly kind: ParameterKind
  readonly name: string
  readonly low: string
  readonly high: string
  readonly step: string
  readonly log: boolean
  /** Choices or levels, one per line or comma. */
  readonly values: string
}

export interface ObjectiveDraft {
  readonly key: number
  readonly name: string
  readonly direction: Direction
}

export interface TaskDraft {
  readonly name: string
  readonly description: string
  readonly parameters: readonly ParameterDraft[]
  readonly objectives: readonly ObjectiveDraft[]
  readonly strategy: StrategyKind
  readonly seed: string
  readonly useInitialDesign: boolean
  readonly designMethod: SamplingMethod
  readonly designCount: string
  readonly metadata: string
  readonly settings: SettingsDraft
}

let lastKey = 0

export function newParameter(kind: ParameterKind = 'float'): ParameterDraft {
  lastKey += 1
  return { key: lastKey, kind, name: '', low: '', high: '', step: '', log: false, values: '' }
}

export function newObjective(): ObjectiveDraft {
  lastKey += 1
  return { key: lastKey, name: '', direction: 'MAXIMIZE' }
}

export function newTask(): TaskDraft {
  return {
    name: '',
    description: '',
    parameters: [newParameter()],
    objectives: [newObjective()],
    strategy: 'SOBOL',
    seed: '',
    useInitialDesign: false,
    designMethod: 'SOBOL',
    designCount: '8',
    metadata: '',
    settings: newSettings(),
  }
}

export const parameterKindLabels: Readonly<Record<ParameterKind, string>> = {
  float: 'Float',
  int: 'Int',
  categorical: 'Categorical',
  ordinal: 'Ordinal',
}

export const parameterKindMeanings: Readonly<Record<ParameterKind, string>> = {
  float: 'Any number between the bounds, such as a temperature.',
  int: 'A whole number between the bounds, such as a count of layers.',
  categorical: 'One of several choices without an order, such as a solvent.',
  ordinal: 'One of several levels in order, lowest first, such as low, medium, high.',
}
