import { statusLabels } from '../tasks/status'
import type { trialStateLabels } from '../trials/state'
import type { EventParts } from '../trials/trial'
import { formatNumber, formatValue } from '../ui/format'

/** An event in plain words. */
export function sentence(event: EventParts): string {
  switch (event.__typename) {
    case 'TaskCreated':
      return 'Task created'
    case 'TaskUpdated':
      return `Changed ${event.changes.map(({ field }) => fieldName(field)).join(', ') || 'nothing'}`
    case 'TaskStatusChanged':
      return `${statusLabels[event.from]} → ${statusLabels[event.to]}${because(event.reason)}`
    case 'TaskDeleted':
      return 'Task deleted'
    case 'TaskRestored':
      return 'Task restored'
    case 'TaskImported':
      return event.replaced ? 'Task imported over the one that was here' : 'Task imported'
    case 'TrialCreated':
      return `Trial ${event.trialNumber} ${createdWords[event.state]}${by(event.worker)}`
    case 'TrialStateChanged':
      return trialSentence(event)
  }
}

const createdWords: Readonly<Record<Extract<EventParts, { __typename: 'TrialCreated' }>['state'], string>> = {
  WAITING: 'planned',
  RUNNING: 'handed out',
  COMPLETED: 'recorded as completed',
  FAILED: 'recorded as failed',
  PRUNED: 'recorded as pruned',
  INFEASIBLE: 'recorded as infeasible',
  ABANDONED: 'recorded as abandoned',
}

type StateChange = Extract<EventParts, { __typename: 'TrialStateChanged' }>

const changedWords: Readonly<Record<StateChange['toState'], string>> = {
  WAITING: 'put back',
  RUNNING: 'handed out',
  COMPLETED: 'completed',
  FAILED: 'failed',
  PRUNED: 'pruned',
  INFEASIBLE: 'found infeasible',
  ABANDONED: 'abandoned',
}

function trialSentence(event: StateChange): string {
  const start = `Trial ${event.trialNumber} ${changedWords[event.toState]}`
  if (event.values.length > 0) {
    const values = event.values.map(({ objective, value }) => `${objective} = ${formatNumber(value)}`)
    return `${start}: ${values.join(', ')}${by(event.worker)}`
  }
  return `${start}${by(event.worker)}${because(event.reason)}`
}

function by(worker: string | null): string {
  return worker === null ? '' : ` by ${worker}`
}

function because(reason: string | null): string {
  return reason === null || reason === '' ? '' : `: ${reason}`
}

function fieldName(field: string): string {
  return field
    .replace(/([A-Z])/g, ' $1')
    .replaceAll('_', ' ')
    .toLowerCase()
}

/** What an event changed, field by field, where it says so. */
export function details(event: EventParts): string[] {
  if (event.__typename !== 'TaskUpdated') return []
  return event.changes.map(
    ({ field, old, new: fresh }) => `${fieldName(field)}: ${formatValue(old)} → ${formatValue(fresh)}`,
  )
}

export type EventTone = 'good' | 'bad' | 'info' | 'plain'

export function tone(event: EventParts): EventTone {
  switch (event.__typename) {
    case 'TrialStateChanged':
      return trialTones[event.toState]
    case 'TaskStatusChanged':
      return statusTones[event.to]
    default:
      return 'plain'
  }
}

const trialTones: Readonly<Record<keyof typeof trialStateLabels, EventTone>> = {
  WAITING: 'plain',
  RUNNING: 'info',
  COMPLETED: 'good',
  FAILED: 'bad',
  PRUNED: 'plain',
  INFEASIBLE: 'bad',
  ABANDONED: 'plain',
}

const statusTones: Readonly<Record<keyof typeof statusLabels, EventTone>> = {
  CREATED: 'plain',
  RUNNING: 'info',
  PAUSED: 'plain',
  COMPLETED: 'good',
  FAILED: 'bad',
}
