import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { TaskCandidatesDocument, type TaskDetailFragment } from '../../gql/graphql'
import { explain } from '../../graphql/errors'
import { request } from '../../graphql/request'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { Field } from '../../ui/Field'
import { EditButton, EditDialog } from '../settings/EditDialog'
import { candidatesDraft } from './candidates'
import { type CandidatesDraft, newSpace, noCandidates, spaceOf } from './drafts'
import { spacePaths, wholePaths } from './problems'
import { SpaceEditor } from './SpaceEditor'
import styles from './SpaceEditor.module.css'
import { SpaceImpact } from './SpaceImpact'
import { toSpace } from './toSpace'
import { useSpacePreview } from './useSpacePreview'

interface EditSpaceProps {
  task: TaskDetailFragment
  onSaved: (task: TaskDetailFragment) => void
}

const title = 'Parameter space'

/** A pencil that opens the parameter space in a dialog, while it may still be changed. */
export function EditSpace(props: EditSpaceProps) {
  return <EditButton title={title}>{(onClose) => <ReadCandidates {...props} onClose={onClose} />}</EditButton>
}

type DialogProps = EditSpaceProps & { onClose: () => void }

/** The candidates may be many: they are read when they are to be changed. */
function ReadCandidates(props: DialogProps) {
  const { task, onClose } = props
  const listed = (task.parameterSpace?.candidateCount ?? 0) > 0
  const { data, error } = useQuery({
    queryKey: ['candidates', task.id, task.version],
    queryFn: ({ signal }) => request(TaskCandidatesDocument, { id: task.id }, signal),
    enabled: listed,
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (!listed) return <SpaceDialog {...props} candidates={noCandidates} />
  if (data) {
    const names = (task.parameterSpace?.parameters ?? []).map(({ name }) => name)
    const points = data.task?.parameterSpace?.candidates ?? []
    return <SpaceDialog {...props} candidates={candidatesDraft(points, names)} />
  }
  return (
    <Dialog title={title} onClose={onClose} actions={<Button onClick={onClose}>Close</Button>}>
      <p role="status">{error ? explain(error) : 'Reading the candidates…'}</p>
    </Dialog>
  )
}

function SpaceDialog({ task, candidates, onSaved, onClose }: DialogProps & { candidates: CandidatesDraft }) {
  const [draft, setDraft] = useState(() =>
    task.parameterSpace ? spaceOf(task.parameterSpace, candidates) : newSpace(),
  )
  const [reason, setReason] = useState('')
  const begun = hasBegun(task)
  const preview = useSpacePreview(task.id, draft, begun)
  return (
    <EditDialog
      task={task}
      title={title}
      wide
      testId="edit-space"
      placed={[...spacePaths(draft), ...wholePaths.slice(0, 1)]}
      input={(report) => ({
        parameterSpace: toSpace(draft, report),
        ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
      })}
      ready={preview.isCurrent}
      told={begun && <Preview {...preview} />}
      onSaved={onSaved}
      onClose={onClose}
    >
      {(problems) => (
        <>
          {begun && (
            <p className={styles.explained}>
              Points of it were tried, so its parameters stay. Which of their values are searched may change:
              results outside are kept, and count again when the space holds them again.
            </p>
          )}
          <SpaceEditor
            space={draft}
            objectives={task.objectives.map(({ name }) => name)}
            problems={new Map([...preview.problems, ...problems])}
            begun={begun}
            onChange={(part) => setDraft((known) => ({ ...known, ...part }))}
          />
          {begun && (
            <Field label="Reason" optional hint="Kept in the history.">
              {(parts) => (
                <input {...parts} value={reason} onChange={(event) => setReason(event.target.value)} />
              )}
            </Field>
          )}
        </>
      )}
    </EditDialog>
  )
}

/** Whether points of the space were tried, so that it may no longer become any other. */
export function hasBegun({ startedAt, finishedAt, trialCounts }: TaskDetailFragment): boolean {
  return startedAt !== null || finishedAt !== null || trialCounts.total > 0
}

type PreviewProps = ReturnType<typeof useSpacePreview>

function Preview({ preview, constraints, problems, error }: PreviewProps) {
  if (error !== undefined) return <p role="alert">{explain(error)}</p>
  if (!preview) {
    return problems.size > 0 ? null : (
      <p className={styles.explained}>Once all is filled in, it is shown here what becomes of the results.</p>
    )
  }
  if (preview.changes.length === 0) return <p className={styles.explained}>Nothing is changed yet.</p>
  return <SpaceImpact changes={preview.changes} report={preview.report} constraints={constraints} />
}
