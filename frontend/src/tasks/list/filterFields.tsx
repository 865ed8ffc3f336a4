import { useId, useState } from 'react'
import type { MetadataFilter, TaskFilter, TrialCountFilter, TrialState } from '../../gql/graphql'
import { trialStateLabels } from '../../trials/state'
import { countTasks } from '../countTasks'
import { type PickedTask, TaskPicker } from '../TaskPicker'
import { boundsText, parseBounds } from './bounds'
import styles from './FilterChips.module.css'
import { jsonOf, type MetadataRelation, metadataOf, metadataRelations } from './metadata'

interface TextFieldsProps {
  label: string
  suggestions?: readonly { readonly value: string; readonly count: number }[]
  onType: (text: string) => void
}

/** One text, with what there is for completion. */
export function TextFields({ label, suggestions = [], onType }: TextFieldsProps) {
  const listId = useId()
  return (
    <>
      <label>
        {label}
        <input
          type="text"
          list={listId}
          autoComplete="off"
          onChange={(event) => onType(event.target.value.trim())}
        />
      </label>
      <datalist id={listId}>
        {suggestions.map((one) => (
          <option key={one.value} value={one.value}>
            {countTasks(one.count)}
          </option>
        ))}
      </datalist>
    </>
  )
}

const boundWords = {
  whole: { type: 'number', from: 'at least', to: 'at most', step: 1 },
  number: { type: 'number', from: 'at least', to: 'at most', step: 'any' },
  date: { type: 'date', from: 'since', to: 'until', step: undefined },
} as const

interface BoundsFieldsProps {
  label: string
  type: keyof typeof boundWords
  begin: string
  /** Bounds as they stand in the address; empty as long as there are none. */
  onType: (bounds: string) => void
}

/** A lower and an upper bound, of which one may be left out. */
export function BoundsFields({ label, type, begin, onType }: BoundsFieldsProps) {
  const [bounds, setBounds] = useState(() => parseBounds(begin))
  const words = boundWords[type]
  const edge = (which: 'min' | 'max', word: string) => (
    <label>
      {which === 'min' ? `${label} ${word}` : word}
      <input
        type={words.type}
        step={words.step}
        aria-label={`${label} ${word}`}
        value={bounds[which] ?? ''}
        onChange={(event) => {
          const next = { ...bounds, [which]: event.target.value }
          setBounds(next)
          onType(boundsText(next))
        }}
      />
    </label>
  )
  return (
    <>
      {edge('min', words.from)}
      {edge('max', words.to)}
    </>
  )
}

/** How many trials of a task are in a state, or in any. */
export function TrialsFields({ onType }: { onType: (filter: TrialCountFilter | undefined) => void }) {
  const [state, setState] = useState<TrialState>()
  const [bounds, setBounds] = useState('')
  const tell = (nextState: TrialState | undefined, nextBounds: string) => {
    setState(nextState)
    setBounds(nextBounds)
    const { min, max } = parseBounds(nextBounds)
    const counts = { ...(min && { min: Number(min) }), ...(max && { max: Number(max) }) }
    onType(nextBounds === '' ? undefined : { ...(nextState && { state: nextState }), ...counts })
  }
  return (
    <>
      <label>
        State of the trials
        <select
          value={state ?? ''}
          onChange={(event) => tell((event.target.value || undefined) as TrialState | undefined, bounds)}
        >
          <option value="">Any</option>
          {Object.entries(trialStateLabels).map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </label>
      <BoundsFields label="Trials" type="whole" begin="" onType={(next) => tell(state, next)} />
    </>
  )
}

/** What stands somewhere in the metadata. */
export function MetadataFields({ onType }: { onType: (filter: MetadataFilter | undefined) => void }) {
  const [given, setGiven] = useState({ path: '', relation: 'equals' as MetadataRelation, value: '' })
  const change = (part: Partial<typeof given>) => {
    const next = { ...given, ...part }
    setGiven(next)
    onType(metadataOf(next.path, next.relation, next.value))
  }
  return (
    <>
      <label>
        Metadata
        <input
          type="text"
          placeholder="lab.site"
          aria-label="Path in the metadata"
          onChange={(event) => change({ path: event.target.value })}
        />
      </label>
      <select
        aria-label="Relation"
        value={given.relation}
        onChange={(event) => change({ relation: event.target.value as MetadataRelation })}
      >
        {Object.entries(metadataRelations).map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
      {given.relation !== 'exists' && given.relation !== 'absent' && (
        <input type="text" aria-label="Value" onChange={(event) => change({ value: event.target.value })} />
      )}
    </>
  )
}

/** One of the tasks. */
export function TaskFields({ label, onPick }: { label: string; onPick: (id: string) => void }) {
  const [picked, setPicked] = useState<PickedTask>()
  return (
    <div className={styles.picker}>
      <TaskPicker
        label={label}
        picked={picked?.id}
        onPick={(task) => {
          setPicked(task)
          onPick(task.id)
        }}
      />
    </div>
  )
}

interface WhereFieldsProps {
  label: string
  begin: TaskFilter | undefined
  onType: (where: TaskFilter | undefined) => void
}

/** Whatever the chips do not say, as the API takes it. */
export function WhereFields({ label, begin, onType }: WhereFieldsProps) {
  return (
    <label>
      {label}
      <input
        type="text"
        className={styles.json}
        placeholder={'{"or": [{"owner": ["ana"]}, {"priority": {"min": 5}}]}'}
        defaultValue={begin && JSON.stringify(begin)}
        onChange={(event) => {
          const where = jsonOf(event.target.value)
          const isFilter = typeof where === 'object' && where !== null && !Array.isArray(where)
          event.target.setCustomValidity(isFilter ? '' : 'A TaskFilter of the API as JSON, in braces.')
          onType(isFilter ? (where as TaskFilter) : undefined)
        }}
      />
    </label>
  )
}
