import type { ReactNode } from 'react'
import type { ListedTaskFragment, TaskSortKey } from '../../gql/graphql'
import { TrialCountsBar } from '../../trials/TrialCountsBar'
import { Ago } from '../../ui/Ago'
import { BestValue } from '../BestValue'
import { StatusBadge } from '../StatusBadge'
import { strategyLabels } from '../strategy/words'

export type ColumnKey =
  | 'status'
  | 'best'
  | 'trials'
  | 'progress'
  | 'strategy'
  | 'priority'
  | 'owner'
  | 'parent'
  | 'created'
  | 'updated'
  | 'started'
  | 'finished'

interface Column {
  readonly label: string
  /** What a click on its head sorts by. */
  readonly sort?: TaskSortKey
  /** In rem. */
  readonly width: number
  readonly cell: (task: ListedTaskFragment) => ReactNode
}

const moment = (at: string | null) => (at === null ? '–' : <Ago at={at} />)

/** What the list can tell of each task beside its name, in this order. */
export const columns: Readonly<Record<ColumnKey, Column>> = {
  status: {
    label: 'Status',
    sort: 'STATUS',
    width: 7.75,
    cell: ({ status }) => <StatusBadge status={status} />,
  },
  best: { label: 'Best value', sort: 'BEST_VALUE', width: 8.5, cell: (task) => <BestValue task={task} /> },
  trials: {
    label: 'Trials',
    sort: 'PROGRESS',
    width: 15,
    cell: ({ trialCounts }) => <TrialCountsBar counts={trialCounts} />,
  },
  progress: {
    label: 'Progress',
    sort: 'PROGRESS',
    width: 6.5,
    cell: ({ progress }) => formatShare(progress),
  },
  strategy: { label: 'Strategy', width: 8, cell: ({ strategy }) => strategyLabels[strategy.kind] },
  priority: { label: 'Priority', sort: 'PRIORITY', width: 6, cell: ({ priority }) => priority },
  owner: { label: 'Owner', width: 8, cell: ({ owner }) => owner },
  parent: { label: 'Part of', width: 9, cell: ({ parent }) => parent?.name ?? '–' },
  created: { label: 'Created', sort: 'CREATED', width: 7.5, cell: ({ createdAt }) => moment(createdAt) },
  updated: { label: 'Updated', sort: 'UPDATED', width: 7.5, cell: ({ updatedAt }) => moment(updatedAt) },
  started: { label: 'Started', width: 7.5, cell: ({ startedAt }) => moment(startedAt) },
  finished: { label: 'Ended', width: 7.5, cell: ({ finishedAt }) => moment(finishedAt) },
}

export const columnKeys = Object.keys(columns) as readonly ColumnKey[]

export function isColumnKey(value: unknown): value is ColumnKey {
  return typeof value === 'string' && Object.hasOwn(columns, value)
}

/** What is shown unless columns are chosen, each from some width of the window on, in pixels. */
const usualColumns: readonly (readonly [key: ColumnKey, from: number])[] = [
  ['status', 0],
  ['best', 0],
  ['trials', 0],
  ['strategy', 1000],
  ['priority', 1000],
  ['created', 1200],
  ['updated', 0],
]

/** A tree has fewer: beside the name it tells of what is below. */
const usualInTree: ReadonlySet<ColumnKey> = new Set(['status', 'best', 'trials', 'updated'])

export function usualColumnsAt(width: number, tree: boolean): readonly ColumnKey[] {
  const wide = usualColumns.filter(([, from]) => width >= from).map(([key]) => key)
  return tree ? wide.filter((key) => usualInTree.has(key)) : wide
}

export function formatShare(share: number | null): string {
  return share === null ? '–' : `${Math.floor(share * 100)} %`
}
