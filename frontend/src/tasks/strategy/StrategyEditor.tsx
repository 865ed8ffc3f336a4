import type { SamplingMethod } from '../../gql/graphql'
import { type Problems, problemAt } from '../../graphql/problems'
import { Field } from '../../ui/Field'
import { TextField } from '../settings/TextField'
import { samplingLabels } from '../status'
import { defaultTimeLimit, type StrategyDraft } from './drafts'
import { KindSettings } from './KindSettings'
import styles from './Strategy.module.css'
import { WarmStart } from './WarmStart'
import { strategyGroups, strategyLabels, strategyMeanings, strategyTraits } from './words'

export interface StrategyTask {
  readonly id?: string
  /** Names, as far as they are filled in. */
  readonly objectives: readonly string[]
  readonly parameters: readonly string[]
}

interface StrategyEditorProps {
  task: StrategyTask
  draft: StrategyDraft
  problems: Problems
  /** The initial design may still be chosen. */
  design: boolean
  onChange: (part: Partial<StrategyDraft>) => void
}

/** Where the server has what is shown beside a field. */
export const strategyPaths = [
  'kind',
  'seed',
  'timeLimitSeconds',
  'replicates',
  'initialDesign',
  'warmStart',
  'gp',
  'tpe',
  'grid',
  'nsga2',
].map((field) => `strategy.${field}`)

export function StrategyEditor({ task, draft, problems, design, onChange }: StrategyEditorProps) {
  const { learns } = strategyTraits[draft.kind]
  return (
    <div className={styles.strategy} data-testid="strategy-editor">
      <Kinds draft={draft} problems={problems} onChange={onChange} />
      <KindSettings draft={draft} objectives={task.objectives} problems={problems} onChange={onChange} />
      {learns && (
        <WarmStart
          task={task}
          chosen={draft.warmStart}
          error={problemAt(problems, 'strategy.warmStart')}
          onChange={(warmStart) => onChange({ warmStart })}
        />
      )}
      {design && <InitialDesign draft={draft} problems={problems} onChange={onChange} />}
      <div className={styles.pair}>
        <div className={styles.narrow}>
          <TextField
            label="Seed"
            mode="numeric"
            placeholder="chosen for you"
            hint="The same seed and the same results give the same points again."
            path="strategy.seed"
            problems={problems}
            value={draft.seed}
            onChange={(seed) => onChange({ seed })}
          />
        </div>
        {draft.kind !== 'EXTERNAL' && (
          <div className={styles.narrow}>
            <TextField
              label="Trials per point"
              mode="numeric"
              placeholder="1"
              hint="Where the number of points is finite, each is tried so often. Then the task is completed."
              path="strategy.replicates"
              problems={problems}
              value={draft.replicates}
              onChange={(replicates) => onChange({ replicates })}
            />
          </div>
        )}
        {learns && (
          <div className={styles.narrow}>
            <TextField
              label="Time limit, seconds"
              mode="decimal"
              placeholder={String(defaultTimeLimit)}
              hint="For the points of one request. Those that take longer come from a simpler strategy, and their trials say so."
              path="strategy.timeLimitSeconds"
              problems={problems}
              value={draft.timeLimit}
              onChange={(timeLimit) => onChange({ timeLimit })}
            />
          </div>
        )}
      </div>
    </div>
  )
}

type PartProps = Pick<StrategyEditorProps, 'draft' | 'problems' | 'onChange'>

function Kinds({ draft, problems, onChange }: PartProps) {
  return (
    <fieldset className={styles.kinds}>
      <legend className="visually-hidden">Kind of strategy</legend>
      {strategyGroups.map(({ title, kinds }) => (
        <div key={title} className={styles.group}>
          <p>{title}</p>
          {kinds.map((kind) => (
            <label key={kind} className={styles.kind}>
              <input
                type="radio"
                name="strategy"
                value={kind}
                checked={draft.kind === kind}
                onChange={() => onChange({ kind })}
              />
              <b>{strategyLabels[kind]}</b>
              <small>{strategyMeanings[kind]}</small>
            </label>
          ))}
        </div>
      ))}
      {problems.has('strategy.kind') && (
        <p className={styles.problem} role="alert">
          {problems.get('strategy.kind')}
        </p>
      )}
    </fieldset>
  )
}

function InitialDesign({ draft, problems, onChange }: PartProps) {
  const { learns } = strategyTraits[draft.kind]
  return (
    <div>
      <label className={styles.check}>
        <input
          type="checkbox"
          checked={draft.useInitialDesign}
          onChange={(event) => onChange({ useInitialDesign: event.target.checked })}
        />
        Begin with an initial design
      </label>
      <p className={styles.explained}>
        A first round of points that covers the whole space, before the strategy takes over.{' '}
        {learns
          ? 'This strategy begins with some by itself; choose their number only if you must.'
          : 'Two to three points per parameter are usual.'}
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
            <Field
              label="Number of points"
              error={
                problemAt(problems, 'strategy.initialDesign.count') ?? problems.get('strategy.initialDesign')
              }
            >
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
