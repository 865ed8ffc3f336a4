import type { ReactNode } from 'react'
import type { Problems } from '../../graphql/problems'
import { useUnfolded } from '../../graphql/useUnfolded'
import type { SettingsDraft } from '../settings/drafts'
import { PartFields, placedPaths, type SettingsPart } from '../settings/EditSettings'
import styles from './OptionalSettings.module.css'

interface OptionalSettingsProps {
  draft: SettingsDraft
  objectives: readonly string[]
  problems: Problems
  onChange: (draft: SettingsDraft) => void
}

const sections: Readonly<Record<SettingsPart, { title: string; intro: string }>> = {
  budget: {
    title: 'Budget',
    intro: 'When the task has had enough and ends by itself. Without one it runs on.',
  },
  constraints: { title: 'Constraints', intro: 'What a result must keep to, to count as a good one.' },
  policy: {
    title: 'Lost workers',
    intro:
      'What becomes of their trials, and of results that come late. As it is: five minutes of silence is lost, three attempts.',
  },
  pruning: {
    title: 'Stopping early',
    intro: 'For evaluations that report values on the way to their result.',
  },
  queue: { title: 'Queue', intro: 'Who comes first where workers serve many tasks.' },
}

/** What few tasks need, folded up until somebody wants it or something is wrong there. */
export function OptionalSettings({ draft, objectives, problems, onChange }: OptionalSettingsProps) {
  return (
    <section className={styles.sections} aria-label="Optional settings">
      {(Object.keys(sections) as SettingsPart[]).map((part) => (
        <Fold key={part} part={part} problems={problems}>
          <PartFields
            part={part}
            draft={draft}
            objectives={objectives}
            problems={problems}
            onChange={(change) => onChange({ ...draft, ...change })}
          />
        </Fold>
      ))}
    </section>
  )
}

interface FoldProps {
  part: SettingsPart
  problems: Problems
  children: ReactNode
}

function Fold({ part, problems, children }: FoldProps) {
  const [open, setOpen] = useUnfolded(problems, placedPaths[part])
  const { title, intro } = sections[part]
  return (
    <details
      className={styles.fold}
      open={open}
      onToggle={(event) => setOpen(event.currentTarget.open)}
      data-testid={`section-${part}`}
    >
      <summary>
        <h2>{title}</h2>
        <span>{intro}</span>
      </summary>
      <div className={styles.fields}>{children}</div>
    </details>
  )
}
