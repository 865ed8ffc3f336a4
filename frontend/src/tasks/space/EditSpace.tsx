import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { TaskCandidatesDocument, type TaskDetailFragment } from '../../gql/graphql'
import { explain } from '../../graphql/errors'
import { request } from '../../graphql/request'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { EditButton, EditDialog } from '../settings/EditDialog'
import { candidatesText } from './candidates'
import { newSpace, spaceOf } from './drafts'
import { spacePaths, wholePaths } from './problems'
import { SpaceEditor } from './SpaceEditor'
import { toSpace } from './toSpace'

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
  if (!listed) return <SpaceDialog {...props} candidates="" />
  if (data) {
    const names = (task.parameterSpace?.parameters ?? []).map(({ name }) => name)
    const points = data.task?.parameterSpace?.candidates ?? []
    return <SpaceDialog {...props} candidates={candidatesText(points, names)} />
  }
  return (
    <Dialog title={title} onClose={onClose} actions={<Button onClick={onClose}>Close</Button>}>
      <p role="status">{error ? explain(error) : 'Reading the candidates…'}</p>
    </Dialog>
  )
}

function SpaceDialog({ task, candidates, onSaved, onClose }: DialogProps & { candidates: string }) {
  const [draft, setDraft] = useState(() =>
    task.parameterSpace ? spaceOf(task.parameterSpace, candidates) : newSpace(),
  )
  return (
    <EditDialog
      task={task}
      title={title}
      wide
      testId="edit-space"
      placed={[...spacePaths(draft), ...wholePaths.slice(0, 1)]}
      input={(report) => ({ parameterSpace: toSpace(draft, report) })}
      onSaved={onSaved}
      onClose={onClose}
    >
      {(problems) => (
        <SpaceEditor
          space={draft}
          objectives={task.objectives.map(({ name }) => name)}
          problems={problems}
          onChange={(part) => setDraft((known) => ({ ...known, ...part }))}
        />
      )}
    </EditDialog>
  )
}
