import type { ReactNode } from 'react'
import type { Acquisition } from '../../gql/graphql'
import { type Problems, problemAt } from '../../graphql/problems'
import { useUnfolded } from '../../graphql/useUnfolded'
import { Field } from '../../ui/Field'
import { TextField } from '../settings/TextField'
import type { GpDraft, StrategyDraft } from './drafts'
import styles from './Strategy.module.css'
import { noisePath } from './toStrategy'
import { acquisitionLabels, acquisitionMeanings } from './words'

interface KindSettingsProps {
  draft: StrategyDraft
  objectives: readonly string[]
  problems: Problems
  onChange: (part: Partial<StrategyDraft>) => void
}

/** What can be set of the chosen kind, and of no other. */
export function KindSettings(props: KindSettingsProps) {
  switch (props.draft.kind) {
    case 'AUTO':
      return (
        <Fold problems={props.problems}>
          <GpFields {...props} />
          <h4 className={styles.title}>Where it chooses TPE</h4>
          <TpeFields {...props} />
        </Fold>
      )
    case 'GP':
      return <GpFields {...props} />
    case 'TPE':
      return <TpeFields {...props} />
    case 'GRID':
      return <GridFields {...props} />
    case 'NSGA2':
      return <Nsga2Fields {...props} />
    case 'SOBOL':
    case 'LATIN_HYPERCUBE':
    case 'RANDOM':
    case 'EXTERNAL':
      return null
  }
}

interface FoldProps {
  problems: Problems
  children: ReactNode
}

const foldedPaths = ['strategy.gp', 'strategy.tpe']

function Fold({ problems, children }: FoldProps) {
  const [open, setOpen] = useUnfolded(problems, foldedPaths)
  return (
    <details
      className={styles.fold}
      open={open}
      onToggle={(event) => setOpen(event.currentTarget.open)}
      data-testid="strategy-details"
    >
      <summary>Details of the models that Automatic uses</summary>
      <div className={styles.folded}>
        <h4 className={styles.title}>Where it chooses a Gaussian process</h4>
        {children}
      </div>
    </details>
  )
}

function GpFields({ draft, objectives, problems, onChange }: KindSettingsProps) {
  const { gp } = draft
  const change = (part: Partial<GpDraft>) => onChange({ gp: { ...gp, ...part } })
  const field = (name: 'exploration' | 'startup') => ({
    path: `strategy.gp.${name}`,
    problems,
    value: gp[name],
    onChange: (value: string) => change({ [name]: value }),
  })
  return (
    <div className={styles.settings}>
      <Field
        label="The next point is"
        hint={acquisitionMeanings[gp.acquisition]}
        error={problemAt(problems, 'strategy.gp.acquisition')}
      >
        {(parts) => (
          <select
            {...parts}
            value={gp.acquisition}
            onChange={(event) => change({ acquisition: event.target.value as Acquisition })}
          >
            {(Object.keys(acquisitionLabels) as Acquisition[]).map((one) => (
              <option key={one} value={one}>
                {acquisitionLabels[one]}
              </option>
            ))}
          </select>
        )}
      </Field>
      {gp.acquisition === 'UCB' && (
        <TextField
          label="Optimism"
          mode="decimal"
          placeholder="2"
          hint="In standard deviations; more explores more."
          {...field('exploration')}
        />
      )}
      <TextField
        label="Points before the model"
        mode="numeric"
        placeholder="by the parameters"
        hint="They fill the space; results from elsewhere count."
        {...field('startup')}
      />
      {objectives.map((objective) => (
        <Field
          key={objective}
          label={
            <>
              Measurement error of <i>{objective}</i>
            </>
          }
          optional
          hint="Standard deviation of a repeated measurement, in its units; 0 if it is exact."
          error={problemAt(problems, noisePath(gp, objectives, objective))}
        >
          {(parts) => (
            <input
              {...parts}
              inputMode="decimal"
              placeholder="estimated"
              value={gp.noise[objective] ?? ''}
              onChange={(event) => change({ noise: { ...gp.noise, [objective]: event.target.value } })}
            />
          )}
        </Field>
      ))}
    </div>
  )
}

function TpeFields({ draft, problems, onChange }: KindSettingsProps) {
  const field = (name: keyof StrategyDraft['tpe']) => ({
    path: `strategy.tpe.${name}`,
    problems,
    value: draft.tpe[name],
    onChange: (value: string) => onChange({ tpe: { ...draft.tpe, [name]: value } }),
  })
  return (
    <div className={styles.settings}>
      <TextField
        label="Random points first"
        mode="numeric"
        placeholder="10"
        hint="Before it learns; results from elsewhere count."
        {...field('startup')}
      />
      <TextField
        label="Candidates per point"
        mode="numeric"
        placeholder="48"
        hint="More follows what is good more closely."
        {...field('candidates')}
      />
    </div>
  )
}

function GridFields({ draft, problems, onChange }: KindSettingsProps) {
  return (
    <div className={styles.settings}>
      <TextField
        label="Values per parameter"
        mode="numeric"
        placeholder="10"
        hint="Of a continuous parameter; of one with a step at the most."
        path="strategy.grid.values"
        problems={problems}
        value={draft.grid.values}
        onChange={(values) => onChange({ grid: { values } })}
      />
    </div>
  )
}

const nsga2Fields = {
  population: { label: 'Trials per generation', placeholder: '50', hint: 'The more parameters, the more.' },
  crossover: {
    label: 'Crossover',
    placeholder: '0.9',
    hint: 'How likely a point mixes two good ones, 0 to 1.',
  },
  mutation: {
    label: 'Mutation',
    placeholder: 'one value per point',
    hint: 'How likely each value changes at random, 0 to 1.',
  },
} as const

function Nsga2Fields({ draft, problems, onChange }: KindSettingsProps) {
  return (
    <div className={styles.settings}>
      {(Object.keys(nsga2Fields) as (keyof typeof nsga2Fields)[]).map((name) => (
        <TextField
          key={name}
          {...nsga2Fields[name]}
          mode="decimal"
          path={`strategy.nsga2.${name}`}
          problems={problems}
          value={draft.nsga2[name]}
          onChange={(value) => onChange({ nsga2: { ...draft.nsga2, [name]: value } })}
        />
      ))}
    </div>
  )
}
