import type { Direction } from '../../gql/graphql'
import { type Problems, problemAt } from '../../graphql/problems'
import { Button } from '../../ui/Button'
import { Field } from '../../ui/Field'
import { CrossIcon, PlusIcon } from '../../ui/icons'
import { Segments } from '../../ui/Segments'
import styles from '../space/Editors.module.css'
import { newObjective, type ObjectiveDraft } from './form'

const directionOptions: Readonly<Record<Direction, string>> = {
  MAXIMIZE: '↑ Maximize',
  MINIMIZE: '↓ Minimize',
}

interface ObjectivesEditorProps {
  objectives: readonly ObjectiveDraft[]
  problems: Problems
  onChange: (objectives: readonly ObjectiveDraft[]) => void
}

export function ObjectivesEditor({ objectives, problems, onChange }: ObjectivesEditorProps) {
  const replace = (index: number, part: Partial<ObjectiveDraft>) => {
    const known = objectives[index]
    if (known) onChange(objectives.with(index, { ...known, ...part }))
  }
  return (
    <div className={styles.editor} data-testid="objectives-editor">
      <ol className={styles.rows}>
        {objectives.map((objective, index) => (
          <li key={objective.key} className={styles.objective} aria-label={`Objective ${index + 1}`}>
            <Field label="Name" error={problemAt(problems, `objectives.${index}`)}>
              {(parts) => (
                <input
                  {...parts}
                  value={objective.name}
                  placeholder="yield"
                  spellCheck={false}
                  onChange={(event) => replace(index, { name: event.target.value })}
                />
              )}
            </Field>
            <Segments
              label="Direction"
              options={directionOptions}
              value={objective.direction}
              onChange={(direction) => replace(index, { direction })}
            />
            <Button
              small
              variant="quiet"
              icon={<CrossIcon />}
              aria-label="Remove objective"
              disabled={objectives.length === 1}
              onClick={() => onChange(objectives.toSpliced(index, 1))}
            />
          </li>
        ))}
      </ol>
      {problems.has('objectives') && (
        <p className={styles.problem} role="alert">
          {problems.get('objectives')}
        </p>
      )}
      <div className={styles.add}>
        <Button small icon={<PlusIcon />} onClick={() => onChange([...objectives, newObjective()])}>
          Add objective
        </Button>
      </div>
    </div>
  )
}
