import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { ListedTaskFragment, TaskSortKey } from '../../gql/graphql'
import { TrialCountsBar } from '../../trials/TrialCountsBar'
import { Ago } from '../../ui/Ago'
import { formatShare } from '../../ui/format'
import { BestValue } from '../BestValue'
import { StatusBadge } from '../StatusBadge'
import { strategyLabels } from '../strategy/words'
import type { ColumnKey } from './columnKeys'

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
    cell: ({ progress }) => (progress === null ? '–' : formatShare(progress)),
  },
  strategy: { label: 'Strategy', width: 8, cell: ({ strategy }) => strategyLabels[strategy.kind] },
  priority: { label: 'Priority', sort: 'PRIORITY', width: 6, cell: ({ priority }) => priority },
  owner: { label: 'Owner', width: 8, cell: ({ owner }) => owner },
  parent: {
    label: 'Part of',
    width: 9,
    cell: ({ parent }) =>
      parent ? (
        <Link to="/tasks/$taskId" params={{ taskId: parent.id }}>
          {parent.name}
        </Link>
      ) : (
        '–'
      ),
  },
  created: { label: 'Created', sort: 'CREATED', width: 7.5, cell: ({ createdAt }) => moment(createdAt) },
  updated: { label: 'Updated', sort: 'UPDATED', width: 7.5, cell: ({ updatedAt }) => moment(updatedAt) },
  started: { label: 'Started', width: 7.5, cell: ({ startedAt }) => moment(startedAt) },
  finished: { label: 'Ended', width: 7.5, cell: ({ finishedAt }) => moment(finishedAt) },
}
