import type { TaskDetailFragment } from '../../gql/graphql'
import { constraintText } from '../../trials/feasible'
import { Card } from '../../ui/Card'
import { EditSettings, type SettingsPart } from '../settings/EditSettings'
import { policySentences, pruningSentence } from '../settings/words'
import styles from './RulesCard.module.css'

interface RulesCardProps {
  task: TaskDetailFragment
  onSaved: (task: TaskDetailFragment) => void
}

/** What becomes of lost workers, late results and hopeless trials, and what a result must keep to. */
export function RulesCard({ task, onSaved }: RulesCardProps) {
  const edit = (part: SettingsPart) => <EditSettings task={task} part={part} onSaved={onSaved} />
  return (
    <Card title="Rules" testId="rules">
      <section className={styles.rule} aria-label="Lost workers and late results">
        <h3>Lost workers and late results {edit('policy')}</h3>
        {policySentences(task).map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </section>
      <section className={styles.rule} aria-label="Constraints">
        <h3>Constraints {task.startedAt === null && edit('constraints')}</h3>
        {task.constraints.length === 0 ? (
          <p>None: every result is feasible.</p>
        ) : (
          <ul>
            {task.constraints.map((constraint) => (
              <li key={constraint.name}>{constraintText(constraint)}</li>
            ))}
          </ul>
        )}
      </section>
      <section className={styles.rule} aria-label="Stopping early">
        <h3>Stopping early {task.objectives.length <= 1 && edit('pruning')}</h3>
        <p>{pruningSentence(task)}</p>
      </section>
    </Card>
  )
}
