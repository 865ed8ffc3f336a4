import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { LastVersionDocument, MissingTaskDocument, RestoreTaskDocument } from '../../gql/graphql'
import { request } from '../../graphql/request'
import { useSubmit } from '../../graphql/useSubmit'
import { Ago } from '../../ui/Ago'
import { Button } from '../../ui/Button'
import { Notice } from '../../ui/Notice'
import { toast } from '../../ui/toast'
import { tasksText } from '../tree/words'
import styles from './MissingTask.module.css'

interface MissingTaskProps {
  taskId: string
  onRestored: () => void
}

/** In place of a task that is not there: who deleted it and why, and the way back; or that there never was one. */
export function MissingTask({ taskId, onRestored }: MissingTaskProps) {
  const { data, isPending } = useQuery({
    queryKey: ['missing-task', taskId],
    queryFn: ({ signal }) => request(MissingTaskDocument, { id: taskId }, signal),
    gcTime: 0,
  })
  const deleted = data?.deleted.nodes[0]
  if (isPending) return null
  if (!deleted) {
    return (
      <Notice title="There is no such task">
        <p>It never existed on this server, or was removed for good.</p>
        <Link to="/">All tasks</Link>
      </Notice>
    )
  }
  return (
    <Notice title={`“${deleted.name}” was deleted`}>
      <Deletion taskId={taskId} at={deleted.deletedAt} />
      <Restore taskId={taskId} below={data?.below.totalCount ?? 0} onRestored={onRestored} />
      <Link to="/">All tasks</Link>
    </Notice>
  )
}

/** Who deleted it, when and why, as far as the history still tells. */
function Deletion({ taskId, at }: { taskId: string; at: string | null }) {
  const { data } = useQuery({
    queryKey: ['last-version', taskId],
    queryFn: ({ signal }) => request(LastVersionDocument, { id: taskId }, signal),
    gcTime: 0,
  })
  const last = data?.taskVersions.nodes[0]
  const told = last?.kind === 'DELETED' ? last : undefined
  return (
    <p data-testid="deletion">
      {told && `By ${told.actor}, `}
      {at !== null && <Ago at={at} />}
      {told && told.reason !== null && `: ${told.reason}`}
    </p>
  )
}

function Restore({ taskId, below, onRestored }: MissingTaskProps & { below: number }) {
  const [subtree, setSubtree] = useState(true)
  const { busy, submit } = useSubmit()
  const restore = () =>
    void submit(async () => {
      const input = { id: taskId, subtree: subtree && below > 0 }
      const { restoreTask } = await request(RestoreTaskDocument, { input })
      toast('good', `“${restoreTask.task.name}” restored.`)
      onRestored()
    })
  return (
    <>
      {below > 0 && (
        <label className={styles.below}>
          <input type="checkbox" checked={subtree} onChange={(event) => setSubtree(event.target.checked)} />
          And the {tasksText(below)} below it that {below === 1 ? 'is' : 'are'} deleted, too
        </label>
      )}
      <Button variant="primary" disabled={busy} onClick={restore}>
        Restore
      </Button>
    </>
  )
}
