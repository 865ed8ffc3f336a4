import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { SpaceReportOfDocument, type TaskDetailFragment } from '../../gql/graphql'
import { request } from '../../graphql/request'
import { Ago } from '../../ui/Ago'
import { formatCount } from '../../ui/format'
import { SpaceReportText } from './SpaceImpact'
import styles from './SpaceVersions.module.css'

/** The server looks at every trial for it. */
const pollMs = 5_000

/** What the present space makes of the results, once there has been another before it. */
export function SpaceVersions({ task }: { task: TaskDetailFragment }) {
  const running = task.status === 'RUNNING'
  const { data } = useQuery({
    queryKey: ['space-report', task.id, task.spaceVersion, running ? null : task.trialCounts.completed],
    queryFn: async ({ signal }) =>
      (await request(SpaceReportOfDocument, { id: task.id }, signal)).task?.spaceReport ?? null,
    placeholderData: keepPreviousData,
    refetchInterval: running ? pollMs : false,
  })
  return (
    <div className={styles.versions} data-testid="space-report">
      <h3>
        Version {task.spaceVersion} of the space
        {task.spaceChangedAt !== null && (
          <>
            {', '}
            <Ago at={task.spaceChangedAt} />
          </>
        )}
      </h3>
      {data && (
        <>
          <SpaceReportText report={data} constraints={task.parameterSpace?.constraints ?? []} />
          <ul>
            {data.byVersion.map(({ spaceVersion, trials, results, inSpace }) => (
              <li key={spaceVersion}>
                Under version {spaceVersion}: {formatCount(trials)} {trials === 1 ? 'trial' : 'trials'}
                {results > 0 && `, ${formatCount(inSpace)} of ${formatCount(results)} results in it`}
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  )
}
