import type { Problems } from '../../graphql/problems'
import type { BudgetDraft } from './drafts'
import styles from './Settings.module.css'
import { TextField } from './TextField'

interface BudgetFieldsProps {
  draft: BudgetDraft
  problems: Problems
  /** There is one objective: only then can it have a target. */
  single: boolean
  onChange: (draft: BudgetDraft) => void
}

export function BudgetFields({ draft, problems, single, onChange }: BudgetFieldsProps) {
  const field = (name: keyof BudgetDraft) => ({
    path: `budget.${name}`,
    problems,
    value: draft[name],
    onChange: (value: string) => onChange({ ...draft, [name]: value }),
  })
  return (
    <div className={styles.grid}>
      <TextField label="Trials in all" mode="numeric" placeholder="no bound" {...field('maxTrials')} />
      <TextField label="Trials at once" mode="numeric" placeholder="no bound" {...field('maxRunning')} />
      <TextField
        label="Deadline"
        type="datetime-local"
        hint="By this computer’s clock and zone."
        {...field('deadline')}
      />
      <TextField
        label="Share of all workers, %"
        mode="decimal"
        placeholder="100"
        hint="Of all trials that are out through the queue."
        {...field('maxShare')}
      />
      {(single || draft.targetValue !== '') && (
        <TextField
          label="Target value"
          mode="decimal"
          placeholder="none"
          hint="Good enough: the task ends there."
          {...field('targetValue')}
        />
      )}
      <TextField
        label="Patience"
        mode="numeric"
        placeholder="no bound"
        hint="Results without an improvement."
        {...field('patience')}
      />
      <TextField
        label="Least expected improvement"
        mode="decimal"
        placeholder="none"
        hint={`With a Gaussian process: the task ends when less is expected of the next point, in ${single ? 'units of the objective' : 'hypervolume'}.`}
        {...field('minExpectedImprovement')}
      />
      <TextField
        label="Failures in all"
        mode="numeric"
        placeholder="no bound"
        hint="The task pauses when so many trials have failed."
        {...field('maxFailures')}
      />
      <TextField
        label="Failures in a row"
        mode="numeric"
        placeholder="20 at the start"
        hint="The task pauses when so many trials fail one after another."
        {...field('maxConsecutiveFailures')}
      />
    </div>
  )
}
