import { useId } from 'react'
import type { TaskDetailFragment } from '../../gql/graphql'
import { type Problems, problemAt } from '../../graphql/problems'
import { Field } from '../../ui/Field'
import { ProblemList } from '../../ui/ProblemList'
import { Segments } from '../../ui/Segments'
import { constraintText } from '../feasible'
import styles from './Hands.module.css'
import { MeasuredFields } from './MeasuredFields'
import { PairsEditor } from './PairsEditor'
import { neededMetrics, outcomeLabels, outcomeMeanings, type TellDraft } from './tellForm'

/** Where the server has what is typed in here. */
export const tellFieldPaths = ['outcome', 'metrics', 'artifacts']

interface TellFieldsProps {
  task: TaskDetailFragment
  draft: TellDraft
  problems: Problems
  onChange: (part: Partial<TellDraft>) => void
}

/** What became of a point: measured, failed, infeasible or stopped early, and what is kept beside it. */
export function TellFields({ task, draft, problems, onChange }: TellFieldsProps) {
  const needed = neededMetrics(task)
  const measured = draft.outcome === 'values'
  // What is wrong with the values as a whole has no field of its own.
  const whole = measured ? problems.get('outcome.values') : undefined
  return (
    <>
      <div>
        <Segments
          label="Outcome"
          options={outcomeLabels}
          value={draft.outcome}
          onChange={(outcome) => onChange({ outcome })}
        />
        <p className={styles.meaning}>{outcomeMeanings[draft.outcome]}</p>
      </div>
      {measured ? (
        <MeasuredFields
          objectives={task.objectives}
          values={draft.values}
          deviations={draft.deviations}
          path="outcome.values"
          problems={problems}
          onChange={onChange}
        />
      ) : (
        <Why
          task={task}
          draft={draft}
          error={problemAt(problems, `outcome.${draft.outcome}`)}
          onChange={onChange}
        />
      )}
      <details className={styles.more} open={needed.length > 0}>
        <summary>Metrics and links</summary>
        {needed.length > 0 && measured && (
          <p className={styles.note}>Needed for: {task.constraints.map(constraintText).join(', ')}.</p>
        )}
        <PairsEditor
          pairs={draft.metrics}
          nameLabel="Metric"
          textLabel="Value"
          addLabel="Add metric"
          numbers
          fixed={needed}
          path="metrics"
          textField="value"
          problems={problems}
          onChange={(metrics) => onChange({ metrics })}
        />
        <PairsEditor
          pairs={draft.links}
          nameLabel="Link to"
          textLabel="Address"
          addLabel="Add link"
          path="artifacts"
          textField="url"
          problems={problems}
          onChange={(links) => onChange({ links })}
        />
      </details>
      <ProblemList problems={whole === undefined ? [] : [whole]} />
    </>
  )
}

function Why({
  task,
  draft,
  error,
  onChange,
}: Omit<TellFieldsProps, 'problems'> & { error: string | undefined }) {
  const kindsId = useId()
  const { retryOn, retryKinds } = task.trialPolicy
  return (
    <>
      <Field label={draft.outcome === 'failure' ? 'What went wrong' : 'Why'} optional error={error}>
        {(parts) => (
          <input
            {...parts}
            data-autofocus
            value={draft.reason}
            onChange={(event) => onChange({ reason: event.target.value })}
          />
        )}
      </Field>
      {draft.outcome === 'failure' && (
        <Field
          label="Kind of failure"
          optional
          hint={
            retryOn === 'LISTED_FAILURES' && retryKinds.length > 0
              ? `Tried again: ${retryKinds.join(', ')}.`
              : retryOn === 'ALL_FAILURES'
                ? 'This task tries every failure again.'
                : undefined
          }
        >
          {(parts) => (
            <>
              <input
                {...parts}
                list={kindsId}
                spellCheck={false}
                value={draft.kind}
                onChange={(event) => onChange({ kind: event.target.value })}
              />
              <datalist id={kindsId}>
                {retryKinds.map((kind) => (
                  <option key={kind} value={kind} />
                ))}
              </datalist>
            </>
          )}
        </Field>
      )}
    </>
  )
}
