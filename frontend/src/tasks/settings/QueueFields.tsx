import type { Problems } from '../../graphql/problems'
import type { QueueDraft } from './drafts'
import styles from './Settings.module.css'
import { TextField } from './TextField'

interface QueueFieldsProps {
  draft: QueueDraft
  problems: Problems
  onChange: (draft: QueueDraft) => void
}

export function QueueFields({ draft, problems, onChange }: QueueFieldsProps) {
  const field = (path: keyof QueueDraft) => ({
    path,
    problems,
    value: draft[path],
    onChange: (value: string) => onChange({ ...draft, [path]: value }),
  })
  return (
    <div className={styles.grid}>
      <TextField
        label="Priority"
        mode="numeric"
        placeholder="0"
        hint="Higher goes first. It can be changed at any time."
        {...field('priority')}
      />
      <TextField
        label="Owner"
        placeholder="you"
        hint="Owners take turns at the same priority."
        {...field('owner')}
      />
      <TextField
        label="Labels"
        placeholder="furnace, xrd"
        hint="What a worker must be able to do, separated by commas."
        {...field('labels')}
      />
    </div>
  )
}
