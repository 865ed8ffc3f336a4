import type { MeasuredPartsFragment } from '../gql/graphql'
import { changeLines, lineText } from '../tasks/history/changes'
import { changedText } from '../tasks/history/words'
import { statusLabels } from '../tasks/status'
import { shortId } from '../tasks/useTaskNames'
import type { trialStateLabels } from '../trials/state'
import type { EventParts } from '../trials/trial'
import { formatMeasured } from '../ui/format'

/** An event in plain words. */
export function sentence(event: EventParts): string {
  switch (event.__typename) {
    case 'TaskCreated':
      return 'Task created'
    case 'TaskUpdated':
      return `${updatedWords(event)}${because(event.reason)}`
    case 'TaskStatusChanged':
      return `${statusLabels[event.from]} → ${statusLabels[event.to]}${because(event.reason)}`
    case 'TaskDeleted':
      return `Task deleted${because(event.reason)}`
    case 'TaskRestored':
      return `Task restored${because(event.reason)}`
    case 'TaskImported':
      return event.replaced ? 'Task imported over the one that was here' : 'Task imported'
    case 'TaskClaimed':
      return `Claimed by ${event.runner}`
    case 'TaskClaimEnded':
      return `${event.runner} no longer has the task${because(event.reason)}`
    case 'TaskStrategyClaimed':
      return `${event.strategist} proposes the points`
    case 'TaskStrategyReleased':
      return `${event.strategist} no longer proposes the points${because(event.reason)}`
    case 'TaskModelStateSaved':
      return event.bytes === 0
        ? `${event.strategist} removed its checkpoint`
        : `${event.strategist} saved a checkpoint (${event.bytes} bytes)`
    case 'TrialCreated':
      return createdSentence(event)
    case 'TrialStateChanged':
      return changedSentence(event)
    case 'TrialReported':
      return `Trial ${event.trialNumber} at step ${event.step}: ${results(event.values)}`
    case 'TrialResultAttached':
      return `Trial ${event.trialNumber}: a result${of(event.worker)} that does not count is kept: ${results(event.values)}`
    case 'TrialExcluded':
      return `Trial ${event.trialNumber} left out${because(event.exclusionReason)}`
    case 'TrialIncluded':
      return `Trial ${event.trialNumber} counts again${because(event.inclusionReason)}`
    case 'TrialCorrected':
      return `Trial ${event.trialNumber} corrected: ${results(event.oldValues)} → ${results(event.newValues)}${because(event.correctionReason)}`
  }
}

function updatedWords({ revertedTo, changes }: Extract<EventParts, { __typename: 'TaskUpdated' }>): string {
  if (revertedTo !== null) return `Went back to version ${revertedTo}`
  return `Changed ${changedText(changes.map(({ field }) => field))}`
}

type Created = Extract<EventParts, { __typename: 'TrialCreated' }>
type StateChange = Extract<EventParts, { __typename: 'TrialStateChanged' }>

const createdWords: Readonly<Record<Created['state'], string>> = {
  WAITING: 'planned',
  RUNNING: 'handed out',
  COMPLETED: 'added as completed',
  FAILED: 'added as failed',
  PRUNED: 'added as pruned',
  INFEASIBLE: 'added as infeasible',
  ABANDONED: 'added as abandoned',
}

function createdSentence(event: Created): string {
  const start = `Trial ${event.trialNumber} ${createdWords[event.state]}`
  if (event.values.length > 0) return `${start}: ${results(event.values)}`
  return `${start}${event.state === 'RUNNING' ? to(event.worker) : by(event.worker)}`
}

const changedWords: Readonly<Record<StateChange['toState'], string>> = {
  WAITING: 'waits again',
  RUNNING: 'handed out',
  COMPLETED: 'completed',
  FAILED: 'failed',
  PRUNED: 'pruned',
  INFEASIBLE: 'found infeasible',
  ABANDONED: 'abandoned',
}

function changedSentence(event: StateChange): string {
  const late = event.late ? ' late' : ''
  const start = `Trial ${event.trialNumber} ${changedWords[event.toState]}${late}`
  if (event.values.length > 0) return `${start}: ${results(event.values)}${by(event.worker)}`
  if (event.toState === 'RUNNING') return `${start}${to(event.worker)}${again(event.leaseToken)}`
  if (event.toState === 'WAITING') return `${start}${because(event.reason)}`
  return `${start}${by(event.worker)}${because(event.reason)}`
}

function results(values: readonly MeasuredPartsFragment[]): string {
  return values
    .map(
      ({ objective, value, standardDeviation }) =>
        `${objective} = ${formatMeasured(value, standardDeviation)}`,
    )
    .join(', ')
}

function by(worker: string | null): string {
  return worker === null ? '' : ` by ${worker}`
}

function of(worker: string | null): string {
  return worker === null ? '' : ` of ${worker}`
}

function to(worker: string | null): string {
  return worker === null ? '' : ` to ${worker}`
}

function again(token: number | null): string {
  return token === null || token < 2 ? '' : `, attempt ${token}`
}

function because(reason: string | null): string {
  return reason === null || reason === '' ? '' : `: ${reason}`
}

/** What an event changed, line by line, where it says so. */
export function details(event: EventParts): string[] {
  if (event.__typename !== 'TaskUpdated') return []
  return event.changes.flatMap((change) => changeLines(change, shortId)).map(lineText)
}

export type EventTone = 'good' | 'bad' | 'info' | 'plain'

export function tone(event: EventParts): EventTone {
  switch (event.__typename) {
    case 'TrialStateChanged':
      return trialTones[event.toState]
    case 'TrialCreated':
      return event.values.length > 0 ? 'good' : 'plain'
    case 'TaskStatusChanged':
      return statusTones[event.to]
    case 'TaskClaimed':
    case 'TaskStrategyClaimed':
      return 'info'
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
