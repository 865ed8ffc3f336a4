import type { Problems } from '../../graphql/problems'
import { Button } from '../../ui/Button'
import { PlusIcon } from '../../ui/icons'
import { newParameter, type ParameterDraft, type ParameterKind, parameterKindLabels } from './drafts'
import styles from './Editors.module.css'
import { ParameterRow } from './ParameterRow'
import { parameterPath } from './toSpace'

interface ParametersEditorProps {
  parameters: readonly ParameterDraft[]
  problems: Problems
  begun: boolean
  onChange: (parameters: readonly ParameterDraft[]) => void
}

export function ParametersEditor({ parameters, problems, begun, onChange }: ParametersEditorProps) {
  const replace = (index: number, next: ParameterDraft) => onChange(parameters.with(index, next))
  const swap = (index: number, other: number) => {
    const [one, two] = [parameters[index], parameters[other]]
    if (one && two) onChange(parameters.with(index, two).with(other, one))
  }
  return (
    <div className={styles.editor} data-testid="parameters-editor">
      <ol className={styles.rows}>
        {parameters.map((parameter, index) => (
          <ParameterRow
            key={parameter.key}
            parameter={parameter}
            earlier={parameters.slice(0, index)}
            index={index}
            count={parameters.length}
            path={parameterPath(index)}
            problems={problems}
            begun={begun}
            onChange={(next) => replace(index, next)}
            onMove={(by) => swap(index, index + by)}
            onRemove={() => onChange(parameters.toSpliced(index, 1))}
          />
        ))}
      </ol>
      {problems.has('parameterSpace.parameters') && (
        <p className={styles.problem} role="alert">
          {problems.get('parameterSpace.parameters')}
        </p>
      )}
      {!begun && <AddParameter onAdd={(kind) => onChange([...parameters, newParameter(kind)])} />}
    </div>
  )
}

function AddParameter({ onAdd }: { onAdd: (kind: ParameterKind) => void }) {
  return (
    <div className={styles.add}>
      <span>Add</span>
      {(Object.keys(parameterKindLabels) as ParameterKind[]).map((kind) => (
        <Button key={kind} small icon={<PlusIcon />} onClick={() => onAdd(kind)}>
          {parameterKindLabels[kind]}
        </Button>
      ))}
    </div>
  )
}
