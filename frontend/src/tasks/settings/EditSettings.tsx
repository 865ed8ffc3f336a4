import { useState } from 'react'
import type { TaskDetailFragment } from '../../gql/graphql'
import { BudgetFields } from './BudgetFields'
import { ConstraintsEditor } from './ConstraintsEditor'
import { type SettingsDraft, settingsOf } from './drafts'
import { EditButton, EditDialog, type Report, type TaskChange } from './EditDialog'
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

const inputs: Readonly<Record<SettingsPart, (draft: SettingsDraft, report: Report) => TaskChange>> = {
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
  return (
    <EditButton title={titles[props.part]}>
      {(onClose) => <SettingsDialog {...props} onClose={onClose} />}
    </EditButton>
  )
}

function SettingsDialog({ task, part, onSaved, onClose }: EditSettingsProps & { onClose: () => void }) {
  const [draft, setDraft] = useState(() => settingsOf(task))
  return (
    <EditDialog
      task={task}
      title={titles[part]}
      wide={part !== 'queue'}
      testId="settings"
      placed={placedPaths[part]}
      input={(report) => inputs[part](draft, report)}
      onSaved={onSaved}
      onClose={onClose}
    >
      {(problems) => (
        <PartFields
          part={part}
          draft={draft}
          objectives={task.objectives.map(({ name }) => name)}
          problems={problems}
          onChange={(next) => setDraft((known) => ({ ...known, ...next }))}
        />
      )}
    </EditDialog>
  )
}

/** Where the server has what each part shows beside a field. */
export const placedPaths: Readonly<Record<SettingsPart, readonly string[]>> = {
  budget: [
    'maxTrials',
    'maxRunning',
    'maxShare',
    'deadline',
    'targetValue',
    'patience',
    'minExpectedImprovement',
    'maxFailures',
    'maxConsecutiveFailures',
  ].map((field) => `budget.${field}`),
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
