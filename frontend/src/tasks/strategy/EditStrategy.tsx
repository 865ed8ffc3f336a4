import { useState } from 'react'
import type { TaskDetailFragment } from '../../gql/graphql'
import { EditButton, EditDialog } from '../settings/EditDialog'
import { strategyOf } from './drafts'
import { StrategyEditor, strategyPaths } from './StrategyEditor'
import { toStrategy } from './toStrategy'

interface EditStrategyProps {
  task: TaskDetailFragment
  onSaved: (task: TaskDetailFragment) => void
}

/** A pencil that opens the strategy in a dialog. It may change at any time; what was learned stays. */
export function EditStrategy(props: EditStrategyProps) {
  return (
    <EditButton title="Strategy">{(onClose) => <StrategyDialog {...props} onClose={onClose} />}</EditButton>
  )
}

function StrategyDialog({ task, onSaved, onClose }: EditStrategyProps & { onClose: () => void }) {
  const [draft, setDraft] = useState(() => strategyOf(task.strategy))
  const objectives = task.objectives.map(({ name }) => name)
  const parameters = (task.parameterSpace?.parameters ?? []).map(({ name }) => name)
  return (
    <EditDialog
      task={task}
      title="Strategy"
      wide
      testId="edit-strategy"
      placed={strategyPaths}
      input={(report) => ({ strategy: toStrategy(draft, objectives, report) })}
      onSaved={onSaved}
      onClose={onClose}
    >
      {(problems) => (
        <StrategyEditor
          task={{ id: task.id, objectives, parameters }}
          draft={draft}
          problems={problems}
          design={task.startedAt === null}
          onChange={(part) => setDraft((known) => ({ ...known, ...part }))}
        />
      )}
    </EditDialog>
  )
}
