import { type Problems, problemAt } from '../../graphql/problems'
import { Segments } from '../../ui/Segments'
import type { PruningDraft } from './drafts'
import styles from './Settings.module.css'
import { TextField } from './TextField'
import { pruningNumbers } from './toSettings'
import { pruningLabels, pruningMeanings } from './words'

interface PruningFieldsProps {
  draft: PruningDraft
  problems: Problems
  onChange: (draft: PruningDraft) => void
}

const numbers = {
  startupTrials: { label: 'Completed trials before any is stopped', placeholder: '5' },
  warmupSteps: { label: 'Steps that are never judged', placeholder: '0' },
  minResource: { label: 'Step of the first rung', placeholder: '1' },
  reductionFactor: { label: 'One in so many goes on', placeholder: '3' },
} as const

export function PruningFields({ draft, problems, onChange }: PruningFieldsProps) {
  const problem = problems.get('pruning') ?? problemAt(problems, 'pruning.kind')
  return (
    <>
      <div>
        <Segments
          label="Stop trials early"
          options={pruningLabels}
          value={draft.kind}
          onChange={(kind) => onChange({ ...draft, kind })}
        />
        <p className={styles.note}>{pruningMeanings[draft.kind]}</p>
        {problem !== undefined && (
          <p className={styles.problem} role="alert">
            {problem}
          </p>
        )}
      </div>
      <div className={styles.grid}>
        {(Object.keys(pruningNumbers[draft.kind]) as (keyof typeof numbers)[]).map((name) => (
          <TextField
            key={name}
            {...numbers[name]}
            mode="numeric"
            path={`pruning.${name}`}
            problems={problems}
            value={draft[name]}
            onChange={(value) => onChange({ ...draft, [name]: value })}
          />
        ))}
      </div>
    </>
  )
}
