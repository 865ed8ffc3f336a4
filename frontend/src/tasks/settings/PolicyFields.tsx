import { type Problems, problemAt } from '../../graphql/problems'
import { Segments } from '../../ui/Segments'
import type { PolicyDraft } from './drafts'
import styles from './Settings.module.css'
import { TextField } from './TextField'
import { lateResultLabels, lateResultMeanings, retryLabels } from './words'

interface PolicyFieldsProps {
  draft: PolicyDraft
  problems: Problems
  onChange: (draft: PolicyDraft) => void
}

export function PolicyFields({ draft, problems, onChange }: PolicyFieldsProps) {
  const field = (name: 'lease' | 'maxAttempts' | 'retryKinds' | 'backoff' | 'maxBackoff', path: string) => ({
    path: `trialPolicy.${path}`,
    problems,
    value: draft[name],
    onChange: (value: string) => onChange({ ...draft, [name]: value }),
  })
  return (
    <>
      <div className={styles.grid}>
        <TextField
          label="Lease"
          placeholder="5 min"
          hint="How long a worker may be silent."
          {...field('lease', 'leaseSeconds')}
        />
        <TextField
          label="Attempts"
          mode="numeric"
          placeholder="3"
          hint="How often a trial is tried in all."
          {...field('maxAttempts', 'maxAttempts')}
        />
      </div>
      <div>
        <p className={styles.label}>Try again after</p>
        <Segments
          label="Try again after"
          options={retryLabels}
          value={draft.retryOn}
          onChange={(retryOn) => onChange({ ...draft, retryOn })}
        />
        <Problem text={problemAt(problems, 'trialPolicy.retryOn')} />
      </div>
      {draft.retryOn === 'LISTED_FAILURES' && (
        <TextField
          label="Kinds of failures that are tried again"
          placeholder="timeout, no-signal"
          hint="Separated by commas, as workers name them."
          {...field('retryKinds', 'retryKinds')}
        />
      )}
      <div className={styles.grid}>
        <TextField
          label="Wait before the second attempt"
          placeholder="0 s"
          hint="Doubled for each one that follows."
          {...field('backoff', 'backoffSeconds')}
        />
        <TextField label="Longest wait" placeholder="1 h" {...field('maxBackoff', 'maxBackoffSeconds')} />
      </div>
      <div>
        <p className={styles.label}>A late result</p>
        <Segments
          label="A late result"
          options={lateResultLabels}
          value={draft.lateResults}
          onChange={(lateResults) => onChange({ ...draft, lateResults })}
        />
        <p className={styles.note}>{lateResultMeanings[draft.lateResults]}</p>
        <Problem text={problemAt(problems, 'trialPolicy.lateResults')} />
      </div>
    </>
  )
}

function Problem({ text }: { text: string | undefined }) {
  if (text === undefined) return null
  return (
    <p className={styles.problem} role="alert">
      {text}
    </p>
  )
}
