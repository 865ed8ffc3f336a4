import { useState } from 'react'
import { type TaskDetailFragment, UpdateTaskDocument, type UpdateTaskInput } from '../../gql/graphql'
import { RequestFailure } from '../../graphql/errors'
import { problemsOutside } from '../../graphql/problems'
import { request } from '../../graphql/request'
import { useSubmit } from '../../graphql/useSubmit'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { PencilIcon } from '../../ui/icons'
import { ProblemList } from '../../ui/ProblemList'
import { toast } from '../../ui/toast'
import { BudgetFields } from './BudgetFields'
import { ConstraintsEditor } from './ConstraintsEditor'
import { type SettingsDraft, settingsOf } from './drafts'
import { PolicyFields } from './PolicyFields'
import { PruningFields } from './PruningFields'
import { QueueFields } from './QueueFields'
import { toBudget, toConstraints, toPolicy, toPruning, toQueue } from './toSettings'

export type SettingsPart = keyof SettingsDraft

const titles: Readonly<Record<SettingsPart, string>> = {
  budget: 'Budget',
  policy: 'Lost workers and late results',
  pruning: 'Stopping early',
  constraints: 'Constraints',
  queue: 'Queue',
}

type Report = (path: string, text: string) => void

const inputs: Readonly<
  Record<SettingsPart, (draft: SettingsDraft, report: Report) => Omit<UpdateTaskInput, 'id'>>
> = {
  budget: ({ budget }, report) => ({ budget: toBudget(budget, report) }),
  policy: ({ policy }, report) => ({ trialPolicy: toPolicy(policy, report) }),
  pruning: ({ pruning }, report) => ({ pruning: toPruning(pruning, report) }),
  constraints: ({ constraints }, report) => ({ constraints: toConstraints(constraints, report) }),
  queue: ({ queue }, report) => ({ priority: null, owner: null, ...toQueue(queue, report) }),
}

interface EditSettingsProps {
  task: TaskDetailFragment
  part: SettingsPart
  onSaved: (task: TaskDetailFragment) => void
}

/** A pencil that opens a part of the settings in a dialog. */
export function EditSettings(props: EditSettingsProps) {
  const [open, setOpen] = useState(false)
  const label = `Edit ${titles[props.part].toLowerCase()}`
  return (
    <>
      <Button
        small
        variant="quiet"
        icon={<PencilIcon />}
        aria-label={label}
        title={label}
        onClick={() => setOpen(true)}
      />
      {open && <SettingsDialog {...props} onClose={() => setOpen(false)} />}
    </>
  )
}

function SettingsDialog({ task, part, onSaved, onClose }: EditSettingsProps & { onClose: () => void }) {
  const [draft, setDraft] = useState(() => settingsOf(task))
  // What was on the screen when editing began; after a conflict, what is on it then.
  const [version, setVersion] = useState<number | undefined>(task.version)
  const { problems, setProblems, busy, submit } = useSubmit()
  const change = (next: Partial<SettingsDraft>) => setDraft((known) => ({ ...known, ...next }))

  const save = () => {
    const found = new Map<string, string>()
    const input = inputs[part](draft, (path, text) => found.set(path, text))
    if (found.size > 0) return setProblems(found)
    void submit(async () => {
      try {
        const { updateTask } = await request(UpdateTaskDocument, {
          input: { id: task.id, expectedVersion: version ?? task.version, ...input },
        })
        onSaved(updateTask.task)
        toast('good', `${titles[part]} saved.`)
        onClose()
      } catch (thrown) {
        if (thrown instanceof RequestFailure && thrown.code === 'VERSION_CONFLICT') setVersion(undefined)
        throw thrown
      }
    })
  }

  return (
    <Dialog
      wide={part !== 'queue'}
      title={titles[part]}
      onClose={onClose}
      onSubmit={save}
      testId="settings"
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={busy}>
            Save
          </Button>
        </>
      }
    >
      <PartFields
        part={part}
        draft={draft}
        objectives={task.objectives.map(({ name }) => name)}
        problems={problems}
        onChange={change}
      />
      <ProblemList problems={problemsOutside(problems, placedPaths[part])} />
    </Dialog>
  )
}

/** Where the server has what each part shows beside a field. */
export const placedPaths: Readonly<Record<SettingsPart, readonly string[]>> = {
  budget: ['maxTrials', 'maxRunning', 'maxShare', 'deadline', 'targetValue', 'patience'].map(
    (field) => `budget.${field}`,
  ),
  policy: [
    'leaseSeconds',
    'lateResults',
    'maxAttempts',
    'retryOn',
    'retryKinds',
    'backoffSeconds',
    'maxBackoffSeconds',
  ].map((field) => `trialPolicy.${field}`),
  pruning: ['pruning'],
  constraints: ['constraints'],
  queue: ['priority', 'owner', 'labels'],
}

interface PartFieldsProps {
  part: SettingsPart
  draft: SettingsDraft
  objectives: readonly string[]
  problems: ReadonlyMap<string, string>
  onChange: (part: Partial<SettingsDraft>) => void
}

export function PartFields({ part, draft, objectives, problems, onChange }: PartFieldsProps) {
  switch (part) {
    case 'budget':
      return (
        <BudgetFields
          draft={draft.budget}
          single={objectives.length <= 1}
          problems={problems}
          onChange={(budget) => onChange({ budget })}
        />
      )
    case 'policy':
      return (
        <PolicyFields draft={draft.policy} problems={problems} onChange={(policy) => onChange({ policy })} />
      )
    case 'pruning':
      return (
        <PruningFields
          draft={draft.pruning}
          problems={problems}
          onChange={(pruning) => onChange({ pruning })}
        />
      )
    case 'constraints':
      return (
        <ConstraintsEditor
          constraints={draft.constraints}
          objectives={objectives}
          problems={problems}
          onChange={(constraints) => onChange({ constraints })}
        />
      )
    case 'queue':
      return <QueueFields draft={draft.queue} problems={problems} onChange={(queue) => onChange({ queue })} />
  }
}
