import type { TrialCountFilter } from '../../gql/graphql'
import { trialStateLabels } from '../../trials/state'
import { boundsWords, numberWords } from './bounds'
import { metadataWords } from './metadata'
import type { ListSearch } from './search'

/** What the list can be narrowed by beside words, statuses and deleted tasks: each a key of the address. */
export type Criterion = Exclude<
  keyof ListSearch,
  | 'text'
  | 'status'
  | 'deleted'
  | 'tree'
  | 'open'
  | 'sort'
  | 'direction'
  | 'thenBy'
  | 'columns'
  | 'view'
  | 'edited'
>

/** How each is offered. */
export const criterionLabels: Readonly<Record<Criterion, string>> = {
  name: 'Name contains',
  tag: 'Tag (any)',
  allTags: 'Tag (all)',
  noTags: 'Tag (none)',
  owner: 'Owner',
  priority: 'Priority',
  best: 'Best value',
  trials: 'Trials',
  parameter: 'Parameter',
  metadata: 'Metadata',
  created: 'Created',
  updated: 'Updated',
  started: 'Started',
  finished: 'Ended',
  parent: 'Directly below',
  ancestor: 'Below',
  roots: 'Without a parent',
  where: 'Further conditions',
}

export interface Chip {
  readonly label: string
  /** The list without it. */
  readonly without: ListSearch
  /** The task whose name belongs behind the label. */
  readonly taskId?: string
}

const momentWords = { from: 'since', to: 'until' }

export function chipsOf(search: ListSearch): readonly Chip[] {
  return (Object.keys(criterionLabels) as Criterion[]).flatMap((key) => chipsOfOne(search, key))
}

function chipsOfOne(search: ListSearch, key: Criterion): readonly Chip[] {
  const { [key]: given, ...without } = search
  if (given === undefined) return []
  switch (key) {
    case 'name':
      return [{ label: `Name contains ${given}`, without }]
    case 'tag':
      return each(search, key, (tag, at) => (at === 0 ? `Tag ${tag}` : `or tag ${tag}`))
    case 'allTags':
      return each(search, key, (tag, at) => (at === 0 ? `With tag ${tag}` : `and with tag ${tag}`))
    case 'noTags':
      return each(search, key, (tag) => `Without tag ${tag}`)
    case 'owner':
      return each(search, key, (owner, at) => (at === 0 ? `Owner ${owner}` : `or owner ${owner}`))
    case 'parameter':
      return each(search, key, (name) => `Parameter ${name}`)
    case 'trials':
      return each(search, key, trialsWords)
    case 'metadata':
      return each(search, key, metadataWords)
    case 'priority':
    case 'best':
      return [{ label: `${criterionLabels[key]} ${boundsWords(String(given), numberWords)}`, without }]
    case 'created':
    case 'updated':
    case 'started':
    case 'finished':
      return [{ label: `${criterionLabels[key]} ${boundsWords(String(given), momentWords)}`, without }]
    case 'parent':
    case 'ancestor':
      return [{ label: criterionLabels[key], without, taskId: String(given) }]
    case 'roots':
      return [{ label: criterionLabels[key], without }]
    case 'where':
      return [{ label: `Also ${JSON.stringify(given)}`, without }]
  }
}

/** A chip for each of several values. */
function each<Key extends ListKey>(
  search: ListSearch,
  key: Key,
  words: (value: NonNullable<ListSearch[Key]>[number], at: number) => string,
): readonly Chip[] {
  const { [key]: given, ...rest } = search
  const values: readonly NonNullable<ListSearch[Key]>[number][] = given ?? []
  return values.map((value, at) => {
    const others = values.filter((one) => one !== value)
    return {
      label: words(value, at),
      without: others.length > 0 ? { ...rest, [key]: others } : rest,
    }
  })
}

type ListKey = 'tag' | 'allTags' | 'noTags' | 'owner' | 'parameter' | 'trials' | 'metadata'

function trialsWords({ state, min, max }: TrialCountFilter): string {
  const which = state ? `${trialStateLabels[state]} trials` : 'Trials'
  return `${which} ${boundsWords(`${min ?? ''}..${max ?? ''}`, numberWords)}`
}
