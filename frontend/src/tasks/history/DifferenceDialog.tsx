import { useQuery } from '@tanstack/react-query'
import { TaskDifferenceDocument } from '../../gql/graphql'
import { explain } from '../../graphql/errors'
import { request } from '../../graphql/request'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { useTaskNames } from '../useTaskNames'
import { ChangeLines } from './ChangeLines'
import { tasksNamed } from './changes'
import styles from './History.module.css'
import type { Look } from './look'
import { historyKey } from './useVersions'
import { inFieldOrder } from './words'

interface DifferenceDialogProps {
  taskId: string
  from: number
  to: number
  onLook: (look: Look | undefined) => void
}

/** What two versions differ in. */
export function DifferenceDialog({ taskId, from, to, onLook }: DifferenceDialogProps) {
  const { data, error } = useDifference(taskId, from, to)
  const nameOf = useTaskNames(tasksNamed(data ?? []))
  return (
    <Dialog
      wide
      title={`From version ${from} to ${to}`}
      onClose={() => onLook(undefined)}
      testId="difference"
      actions={
        <>
          <Button onClick={() => onLook({ kind: 'difference', from: to, to: from })}>
            The other way round
          </Button>
          <Button variant="primary" data-autofocus onClick={() => onLook(undefined)}>
            Close
          </Button>
        </>
      }
    >
      {error && <p role="alert">{explain(error)}</p>}
      {data?.length === 0 && <p>The two versions are the same but for their numbers and times.</p>}
      {data ? (
        <ChangeLines changes={data} nameOf={nameOf} />
      ) : (
        !error && <p className={styles.quiet}>Comparing…</p>
      )}
    </Dialog>
  )
}

/** The fields that differ, in the order of reading. Versions do not change, so neither does what they differ in. */
export function useDifference(taskId: string, from: number, to: number) {
  return useQuery({
    queryKey: [...historyKey(taskId), 'difference', from, to],
    queryFn: async ({ signal }) => {
      const { taskDifference } = await request(TaskDifferenceDocument, { id: taskId, from, to }, signal)
      return inFieldOrder(taskDifference.fields)
    },
    staleTime: Number.POSITIVE_INFINITY,
  })
}
