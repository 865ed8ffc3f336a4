import type { TaskEventKind, VersionPartsFragment } from '../../gql/graphql'
import { statusLabels } from '../status'
import { fieldName } from './facts'
import { toldWord } from './told'

/** What a version was, in a few words; what it changed in detail stands below. */
export function versionTitle({ kind, revertedTo, changes }: VersionPartsFragment): string {
  const word = kindWords[kind]
  if (word !== undefined) return word
  if (revertedTo !== null) return `Went back to version ${revertedTo}`
  const status = changes.find(({ field }) => field === 'status')
  if (kind === 'STATUS_CHANGED' && status) {
    return `${toldWord(statusLabels, status.old)} → ${toldWord(statusLabels, status.new)}`
  }
  return `Changed ${changedText(changes.map(({ field }) => field))}`
}

/** Undefined for kinds that are told by their fields, or that make no versions. */
const kindWords: Readonly<Record<TaskEventKind, string | undefined>> = {
  CREATED: 'Created',
  IMPORTED: 'Imported from a file',
  DELETED: 'Deleted',
  RESTORED: 'Restored',
  CLAIMED: 'Claimed by a runner',
  CLAIM_ENDED: 'Given back by its runner',
  UPDATED: undefined,
  STATUS_CHANGED: undefined,
  TRIAL_CREATED: undefined,
  TRIAL_STATE_CHANGED: undefined,
  TRIAL_REPORTED: undefined,
  RESULT_ATTACHED: undefined,
  TRIAL_EXCLUDED: undefined,
  TRIAL_INCLUDED: undefined,
  TRIAL_CORRECTED: undefined,
  STRATEGY_CLAIMED: undefined,
  STRATEGY_RELEASED: undefined,
  MODEL_STATE_SAVED: undefined,
}

/** Fields that were changed, in words; that the space has another version goes without saying. */
export function changedText(fields: readonly string[]): string {
  const told = fields.filter((field) => field !== 'spaceVersion')
  return listText(told.map((field) => fieldWords[field] ?? fieldName(field)))
}

/** Fields whose names in the API say too little. */
const fieldWords: Readonly<Record<string, string>> = {
  parentId: 'its place in the tree',
  trialPolicy: 'rules for trials',
  pruning: 'stopping early',
}

function listText(words: readonly string[]): string {
  if (words.length <= 1) return words[0] ?? 'nothing'
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

/** Fields that are no settings: a way back leaves them as they are. */
const kept = new Set([
  'status',
  'statusReason',
  'deleted',
  'claim',
  'clonedFrom',
  'spaceVersion',
  'modelState',
])

export function isKeptByRevert(field: string): boolean {
  return kept.has(field)
}

/** In the order of reading; others follow. */
const fieldOrder: readonly string[] = [
  'name',
  'status',
  'statusReason',
  'deleted',
  'claim',
  'description',
  'parentId',
  'clonedFrom',
  'tags',
  'owner',
  'priority',
  'labels',
  'objectives',
  'parameterSpace',
  'spaceVersion',
  'strategy',
  'budget',
  'constraints',
  'trialPolicy',
  'pruning',
  'metadata',
]

/** Fields as a person would tell of a task: what it is first, its small print last. */
export function inFieldOrder<Field extends { readonly field: string }>(fields: readonly Field[]): Field[] {
  const place = ({ field }: Field) => {
    const at = fieldOrder.indexOf(field)
    return at < 0 ? fieldOrder.length : at
  }
  return fields.toSorted((a, b) => place(a) - place(b))
}

const fieldTitles: Readonly<Record<string, string>> = {
  parentId: 'Part of',
  clonedFrom: 'Cloned from',
  trialPolicy: 'Rules for trials',
  pruning: 'Stopping early',
  statusReason: 'Reason of the status',
  claim: 'Claimed by',
  spaceVersion: 'Version of the space',
}

export function fieldTitle(field: string): string {
  return fieldTitles[field] ?? capital(fieldName(field))
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
