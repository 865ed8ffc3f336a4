import type { Direction } from '../../gql/graphql'
import { newSettings, type SettingsDraft } from '../settings/drafts'
import { newSpace, type SpaceDraft } from '../space/drafts'
import { newStrategy, type StrategyDraft } from '../strategy/drafts'

export interface ObjectiveDraft {
  readonly key: number
  readonly name: string
  readonly direction: Direction
}

export interface TaskDraft {
  readonly name: string
  readonly description: string
  readonly space: SpaceDraft
  readonly objectives: readonly ObjectiveDraft[]
  readonly strategy: StrategyDraft
  readonly metadata: string
  readonly settings: SettingsDraft
}

let lastKey = 0

export function newObjective(): ObjectiveDraft {
  lastKey += 1
  return { key: lastKey, name: '', direction: 'MAXIMIZE' }
}

export function newTask(): TaskDraft {
  return {
    name: '',
    description: '',
    space: newSpace(),
    objectives: [newObjective()],
    strategy: newStrategy(),
    metadata: '',
    settings: newSettings(),
  }
}

/** Those that are filled in. */
export function namesOf(drafts: readonly { readonly name: string }[]): string[] {
  return drafts.map(({ name }) => name.trim()).filter((name) => name !== '')
}
