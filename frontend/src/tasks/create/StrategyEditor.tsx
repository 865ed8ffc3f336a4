import type { SamplingMethod, StrategyKind } from '../../gql/graphql'
import { type Problems, problemAt } from '../../graphql/problems'
import { Field } from '../../ui/Field'
import { samplingLabels, strategyLabels, strategyMeanings } from '../status'
import styles from './Editors.module.css'
import type { TaskDraft } from './form'

interface StrategyEditorProps {
  draft: TaskDraft
  problems: Problems
  onChange: (part: Partial<TaskDraft>) => void
}

export function StrategyEditor({ draft, problems, onChange }: StrategyEditorProps) {
  return (
    <div className={styles.strategy} data-testid="strategy-editor">
      <fieldset className={styles.kinds}>
        <legend className="visually-hidden">Kind of strategy</legend>
        {(Object.keys(strategyLabels) as StrategyKind[]).map((kind) => (
          <label key={kind} className={styles.kind}>
            <input
              type="radio"
              name="strategy"
              value={kind}
              checked={draft.strategy === kind}
              onChange={() => onChange({ strategy: kind })}
            />
            <b>{strategyLabels[kind]}</b>
            <small>{strategyMeanings[kind]}</small>
          </label>
        ))}
      </fieldset>
      {problems.has('strategy.kind') && (
        <p className={styles.problem} role="alert">
          {problems.get('strategy.kind')}
        </p>
      )}
      <InitialDesign draft={draft} problems={problems} onChange={onChange} />
      <div className={styles.seed}>
        <Field
          label="Seed"
          optional
          hint="The same seed and the same results give the same points again."
          error={problemAt(problems, 'strategy.seed')}
        >
          {(parts) => (
            <input
              {...parts}
              inputMode="numeric"
              value={draft.seed}
              onChange={(event) => onChange({ seed: event.target.value })}
            />
          )}
        </Field>
      </div>
    </div>
  )
}

function InitialDesign({ draft, problems, onChange }: StrategyEditorProps) {
  return (
    <div>
      <label className={styles.check} style={{ height: 'auto', margin: '0 0 0.2rem' }}>
        <input
          type="checkbox"
          checked={draft.useInitialDesign}
          onChange={(event) => onChange({ useInitialDesign: event.target.checked })}
        />
        Begin with an initial design
      </label>
      <p className={styles.explained}>
        A first round of points that covers the whole space, before the strategy takes over. Two to three
        points per parameter are usual.
      </p>
      {draft.useInitialDesign && (
        <div className={styles.pair} style={{ marginTop: '0.75rem' }}>
          <Field label="Method" error={problemAt(problems, 'strategy.initialDesign.method')}>
            {(parts) => (
              <select
                {...parts}
                value={draft.designMethod}
                onChange={(event) => onChange({ designMethod: event.target.value as SamplingMethod })}
              >
                {(Object.keys(samplingLabels) as SamplingMethod[]).map((method) => (
                  <option key={method} value={method}>
                    {samplingLabels[method]}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <div className={styles.narrow}>
            <Field label="Number of points" error={problemAt(problems, 'strategy.initialDesign.count')}>
              {(parts) => (
                <input
                  {...parts}
                  inputMode="numeric"
                  value={draft.designCount}
                  onChange={(event) => onChange({ designCount: event.target.value })}
                />
              )}
            </Field>
          </div>
        </div>
      )}
    </div>
  )
}
