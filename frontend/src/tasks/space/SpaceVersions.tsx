import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { SpaceReportOfDocument, type TaskDetailFragment } from '../../gql/graphql'
import { request } from '../../graphql/request'
import { askedAgainAfter, timed } from '../../graphql/timed'
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
    queryFn: ({ signal }) => timed(request(SpaceReportOfDocument, { id: task.id }, signal)),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (running ? askedAgainAfter(pollMs, state.data) : false),
  })
  const report = data?.answer.task?.spaceReport
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
      {report && (
        <>
          <SpaceReportText report={report} constraints={task.parameterSpace?.constraints ?? []} />
          <ul>
            {report.byVersion.map(({ spaceVersion, trials, results, inSpace }) => (
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
