import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import {
  PastSpaceDocument,
  PreviewSpaceChangeDocument,
  RevertTaskDocument,
  type TaskDetailFragment,
} from '../../gql/graphql'
import { explain, RequestFailure } from '../../graphql/errors'
import { useIdempotency } from '../../graphql/idempotency'
import { problemAt, problemsOutside } from '../../graphql/problems'
import { request } from '../../graphql/request'
import { useSubmit } from '../../graphql/useSubmit'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { Field } from '../../ui/Field'
import { ProblemList } from '../../ui/ProblemList'
import { toast } from '../../ui/toast'
import { SpaceImpact } from '../space/SpaceImpact'
import { spaceInput } from '../space/spaceInput'
import { useTaskNames } from '../useTaskNames'
import { ChangeLines } from './ChangeLines'
import { tasksNamed } from './changes'
import { useDifference } from './DifferenceDialog'
import styles from './History.module.css'
import { planRevert } from './revert'
import { historyKey } from './useVersions'

interface RevertDialogProps {
  task: TaskDetailFragment
  to: number
  onSaved: (task: TaskDetailFragment) => void
  onClose: () => void
}

/** Gives the task the settings of an earlier version again, after showing what that means. */
export function RevertDialog({ task, to, onSaved, onClose }: RevertDialogProps) {
  const [reason, setReason] = useState('')
  const [refusal, setRefusal] = useState<string>()
  const { keyed } = useIdempotency()
  const { problems, busy, submit } = useSubmit()
  // What is shown is what is sent: if somebody changes the task meanwhile, the difference is read again, too.
  const difference = useDifference(task.id, task.version, to)
  const plan = difference.data && planRevert(task, difference.data)
  const space = useSpaceImpact(
    task,
    to,
    plan?.changes.some(({ field }) => field === 'parameterSpace') ?? false,
  )
  const nameOf = useTaskNames(tasksNamed(plan?.changes ?? []))
  const obstacles = [...(plan?.obstacles ?? []), ...(space.error ? [explain(space.error)] : [])]
  const nothing = plan?.changes.length === 0

  const revert = () => {
    if (!plan || nothing || obstacles.length > 0) return
    setRefusal(undefined)
    void submit(async () => {
      const text = reason.trim()
      const input = {
        id: task.id,
        toVersion: to,
        expectedVersion: task.version,
        reason: text === '' ? null : text,
      }
      try {
        const { revertTask } = await request(RevertTaskDocument, { input: keyed(input) })
        onSaved(revertTask.task)
        toast('good', `The settings of version ${to} are back, as version ${revertTask.task.version}.`)
        onClose()
      } catch (thrown) {
        if (!isRefusal(thrown)) throw thrown
        setRefusal(explain(thrown))
      }
    })
  }

  return (
    <Dialog
      wide
      title={`Go back to version ${to}?`}
      onClose={onClose}
      onSubmit={revert}
      testId="revert"
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant="primary"
            disabled={busy || !plan || nothing || obstacles.length > 0 || space.isReading}
          >
            Go back
          </Button>
        </>
      }
    >
      <p className={styles.quiet}>
        The settings become those of version {to}, as a new version. What was between stays in the history.
        Trials, results, the status and the model state stay as they are.
      </p>
      {difference.error && <p role="alert">{explain(difference.error)}</p>}
      {!plan && !difference.error && <p className={styles.quiet}>Comparing…</p>}
      {nothing && <p>The task has these settings already.</p>}
      {plan && plan.changes.length > 0 && (
        <section>
          <h3 className={styles.heading}>What changes</h3>
          <ChangeLines changes={plan.changes} nameOf={nameOf} />
        </section>
      )}
      {space.preview && <SpaceImpact report={space.preview.report} constraints={space.constraints} />}
      {plan && plan.kept.length > 0 && (
        <p className={styles.quiet}>Differs, but stays as it is now: {plan.kept.join(', ').toLowerCase()}.</p>
      )}
      {obstacles.length > 0 && (
        <div role="alert" className={styles.obstacles} data-testid="obstacles">
          <p>The task cannot go back to this version:</p>
          <ul>
            {obstacles.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </div>
      )}
      <Field label="Reason" optional error={problemAt(problems, 'reason')}>
        {(parts) => (
          <input
            {...parts}
            data-autofocus
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        )}
      </Field>
      <ProblemList
        problems={[...problemsOutside(problems, ['reason']), ...(refusal === undefined ? [] : [refusal])]}
      />
    </Dialog>
  )
}

/** What the server has against it, which is told in the dialog; what is wrong with a field has its place there. */
function isRefusal(thrown: unknown): thrown is RequestFailure {
  return thrown instanceof RequestFailure && thrown.errors.length > 0 && thrown.code !== 'VALIDATION_FAILED'
}

/** What becomes of the results, if the space is to be another. */
function useSpaceImpact(task: TaskDetailFragment, to: number, enabled: boolean) {
  const { data, error, isLoading } = useQuery({
    // Counted among the results that there are when it is looked at.
    queryKey: [...historyKey(task.id), 'space', to, task.version],
    queryFn: async ({ signal }) => {
      const { taskAt } = await request(PastSpaceDocument, { id: task.id, version: to }, signal)
      const past = taskAt.parameterSpace
      if (!past) return null
      const preview = { id: task.id, space: spaceInput(past) }
      const { spaceChangePreview } = await request(PreviewSpaceChangeDocument, preview, signal)
      return { preview: spaceChangePreview, constraints: past.constraints }
    },
    enabled,
    gcTime: 0,
  })
  return {
    preview: data?.preview,
    constraints: data?.constraints ?? [],
    error: enabled ? error : null,
    isReading: isLoading,
  }
}
