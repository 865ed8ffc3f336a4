import { constraintText } from '../../trials/feasible'
import { formatSeconds } from '../../ui/duration'
import { formatExact, formatMoment, formatNumber } from '../../ui/format'
import { lateResultLabels, pruningLabels, retryLabels } from '../settings/words'
import { directionLabels, samplingLabels, statusLabels } from '../status'
import { acquisitionLabels, strategyLabels } from '../strategy/words'
import type { NameOf } from '../useTaskNames'
import { spaceFacts } from './spaceFacts'
import { isTold, toldList, toldNumber, toldWord } from './told'

/** One thing that is so, in words: `temperature` is `20 to 80`. */
export interface Fact {
  /** By which the same fact of two versions is found. */
  readonly key: string
  readonly label: string
  readonly text: string
}

/** How each field of a task is told. What a newer server adds is told by its own name. */
type Teller = (value: unknown, nameOf: NameOf) => readonly Fact[]

const tellers: Readonly<Record<string, Teller>> = {
  name: one('Name', String),
  description: one('Description', String),
  status: one('Status', (value) => toldWord(statusLabels, value)),
  statusReason: one('Reason of the status', String),
  deleted: (value) => (value === true ? [{ key: 'deleted', label: 'Deleted', text: 'yes' }] : []),
  claim: one('Claimed by', (value) => (isTold(value) ? String(value.runner) : formatExact(value))),
  parentId: task('Part of'),
  clonedFrom: task('Cloned from'),
  tags: one('Tags', listText),
  labels: one('Labels', listText),
  owner: one('Owner', String),
  priority: one('Priority', formatExact),
  parameterSpace: spaceFacts,
  spaceVersion: one('Version of the space', formatExact),
  objectives: (value) =>
    toldList(value).map(({ name, direction }) => ({
      key: `objective ${String(name)}`,
      label: `Objective ${String(name)}`,
      text: toldWord(directionLabels, direction),
    })),
  strategy: strategyFacts,
  budget: members({
    maxTrials: ['Trials in all', formatExact],
    maxRunning: ['Trials at once', formatExact],
    maxShare: ['Share of all trials', (value) => `${formatNumber((toldNumber(value) ?? 0) * 100)} %`],
    deadline: ['Deadline', (value) => formatMoment(String(value))],
    targetValue: ['Target value', formatExact],
    patience: ['Results without improvement', formatExact],
    minExpectedImprovement: ['Least expected improvement', formatExact],
    maxFailures: ['Failures in all', formatExact],
    maxConsecutiveFailures: ['Failures in a row', formatExact],
  }),
  constraints: (value) =>
    toldList(value).map((told) => ({
      key: `outcome ${String(told.name)}`,
      label: 'Wanted',
      text: constraintText({
        name: String(told.name),
        atMost: toldNumber(told.atMost),
        atLeast: toldNumber(told.atLeast),
      }),
    })),
  trialPolicy: members({
    leaseSeconds: ['Lease', secondsText],
    lateResults: ['A late result', (value) => toldWord(lateResultLabels, value)],
    maxAttempts: ['Attempts for each trial', formatExact],
    retryOn: ['Tried again', (value) => toldWord(retryLabels, value)],
    retryKinds: ['Failures that are tried again', listText],
    backoffSeconds: ['Wait before the next attempt', secondsText],
    maxBackoffSeconds: ['Longest wait', secondsText],
  }),
  pruning: pruningFacts,
  metadata: (value) => leaves('metadata', 'Metadata', value, (name) => name),
  modelState: one('Model state', formatExact),
}

const pruningMembers = members({
  kind: ['Stopping early', (value) => toldWord(pruningLabels, value)],
  startupTrials: ['Not before this many trials', formatExact],
  warmupSteps: ['Not up to step', formatExact],
  minResource: ['First rung', formatExact],
  reductionFactor: ['One goes on of', formatExact],
})

/** Each rule has settings of its own; those of the others are told, too, but mean nothing. */
function pruningFacts(value: unknown, nameOf: NameOf): readonly Fact[] {
  if (!isTold(value)) return []
  const { kind, startupTrials, warmupSteps, minResource, reductionFactor, ...more } = value
  const median = kind === 'MEDIAN' ? { startupTrials, warmupSteps } : {}
  const halving = kind === 'SUCCESSIVE_HALVING' ? { minResource, reductionFactor } : {}
  return pruningMembers({ kind, ...median, ...halving, ...more }, nameOf)
}

const strategyMembers = members({
  kind: ['Strategy', (value) => toldWord(strategyLabels, value)],
  seed: ['Seed', String],
  initialDesign: [
    'Initial design',
    (value) =>
      isTold(value)
        ? `${toldWord(samplingLabels, value.method)}, ${formatExact(value.count)} points`
        : formatExact(value),
  ],
})

function strategyFacts(value: unknown, nameOf: NameOf): readonly Fact[] {
  if (!isTold(value)) return []
  const { kind, seed, initialDesign, warmStart, ...settings } = value
  const earlier = Array.isArray(warmStart) ? warmStart.map((id) => nameOf(String(id))).join(', ') : ''
  return [
    ...strategyMembers({ kind, seed, initialDesign }, nameOf),
    ...(earlier === '' ? [] : [{ key: 'warmStart', label: 'Learns from', text: earlier }]),
    ...leaves('strategy', '', settings, fieldName),
  ]
}

/** The facts of a field with this value; none if it has none. */
export function factsOf(field: string, value: unknown, nameOf: NameOf): readonly Fact[] {
  if (value === null || value === undefined) return []
  const tell = Object.hasOwn(tellers, field) ? tellers[field] : undefined
  return tell ? tell(value, nameOf) : leaves(field, fieldName(field), value, fieldName)
}

/** The ids of tasks that a value of a field names. */
export function tasksIn(field: string, value: unknown): readonly string[] {
  if ((field === 'parentId' || field === 'clonedFrom') && typeof value === 'string') return [value]
  if (field === 'strategy' && isTold(value) && Array.isArray(value.warmStart))
    return value.warmStart.map(String)
  return []
}

/** The name of a field for people: `trialPolicy` is `trial policy`. */
export function fieldName(field: string): string {
  return field
    .replace(/([A-Z])/g, ' $1')
    .replaceAll('_', ' ')
    .toLowerCase()
}

function one(label: string, textOf: (value: unknown) => string): Teller {
  return (value) => {
    const text = textOf(value)
    return text === '' ? [] : [{ key: label, label, text }]
  }
}

function task(label: string): Teller {
  return (value, nameOf) => [{ key: label, label, text: nameOf(String(value)) }]
}

/** An object of which each member is a fact, in this order; what is not known here comes last, by its own name. */
function members(
  known: Readonly<Record<string, readonly [label: string, textOf: (value: unknown) => string]>>,
): Teller {
  return (value) => {
    if (!isTold(value)) return []
    const names = [...Object.keys(known), ...Object.keys(value).filter((name) => !Object.hasOwn(known, name))]
    return names.flatMap((name) => {
      const member = value[name]
      if (member === null || member === undefined) return []
      const [label, textOf] = known[name] ?? [fieldName(name), formatExact]
      const text = textOf(member)
      return text === '' ? [] : [{ key: name, label, text }]
    })
  }
}

/** Settings of strategies as the page calls them elsewhere, by where they stand. */
const settingLabels: Readonly<Record<string, string>> = {
  'strategy.gp.acquisition': 'Next point by',
  'strategy.gp.exploration': 'Optimism',
  'strategy.gp.noise': 'Error of a result',
  'strategy.gp.startup': 'Points before the model',
  'strategy.tpe.startup': 'Random points first',
  'strategy.tpe.candidates': 'Candidates per point',
  'strategy.grid.values': 'Values per parameter',
  'strategy.nsga2.population': 'Trials per generation',
  'strategy.nsga2.crossover': 'Crossover',
  'strategy.nsga2.mutation': 'Mutation',
  'strategy.replicates': 'Trials per point',
  'strategy.timeLimitSeconds': 'Time limit in seconds',
}

/** What is inside of any value, down to single values and lists. `wordOf` names a member. */
function leaves(key: string, label: string, value: unknown, wordOf: (name: string) => string): Fact[] {
  if (value === null || value === undefined) return []
  if (!isTold(value)) return [{ key, label: settingLabels[key] ?? label, text: leafText(value) }]
  return Object.entries(value).flatMap(([name, inner]) =>
    leaves(`${key}.${name}`, `${label} ${wordOf(name)}`.trim(), inner, wordOf),
  )
}

function leafText(value: unknown): string {
  if (typeof value === 'string') return toldWord(acquisitionLabels, value)
  return Array.isArray(value) ? listText(value) : formatExact(value)
}

function listText(value: unknown): string {
  return Array.isArray(value) ? value.map(itemText).join(', ') : formatExact(value)
}

function itemText(item: unknown): string {
  return isTold(item) ? Object.values(item).map(formatExact).join(' ') : formatExact(item)
}

function secondsText(value: unknown): string {
  return formatSeconds(toldNumber(value) ?? 0)
}
