import { useId } from 'react'
import type { OfChildren } from '../../gql/graphql'
import { Field } from '../../ui/Field'
import { transitionWords } from '../status'
import { TaskPicker } from '../TaskPicker'
import styles from './ActionFields.module.css'
import { type BatchAction, childrenWords, tagsOf } from './action'

interface ActionFieldsProps {
  action: BatchAction
  tags: readonly string[]
  owners: readonly string[]
  onChange: (action: BatchAction) => void
}

/** Whether a change of it is a choice, and not a letter that others follow. */
export function isChosen(action: BatchAction): boolean {
  return action.kind === 'delete' || action.kind === 'restore' || action.kind === 'move'
}

/** What has to be said of an action. */
export function ActionFields({ action, tags, owners, onChange }: ActionFieldsProps) {
  switch (action.kind) {
    case 'transition':
      return (
        <>
          <p>{transitionWords[action.to].meaning}</p>
          <TextField
            label="Reason"
            hint={
              action.to === 'RUNNING'
                ? 'Optional, kept in the history; needed for tasks that are complete.'
                : 'Optional, kept in the history.'
            }
            begin={action.reason}
            onType={(reason) => onChange({ ...action, reason })}
          />
        </>
      )
    case 'addTags':
    case 'removeTags':
      return (
        <TextField
          label="Tags"
          hint="Several with commas between. Case does not matter."
          suggestions={tags}
          begin=""
          onType={(text) => onChange({ ...action, tags: tagsOf(text) })}
        />
      )
    case 'priority':
      return (
        <TextField
          label="Priority"
          hint="The larger number goes first. It is 0 unless it was set."
          type="number"
          begin=""
          onType={(text) => onChange({ ...action, priority: wholeOf(text) })}
        />
      )
    case 'owner':
      return (
        <TextField
          label="Owner"
          hint="On whose behalf the tasks run."
          suggestions={owners}
          begin=""
          onType={(owner) => onChange({ ...action, owner })}
        />
      )
    case 'move':
      return (
        <>
          <TaskPicker
            label="Below which task"
            picked={action.parent?.kind === 'task' ? action.parent.id : undefined}
            onPick={({ id, name }) => onChange({ ...action, parent: { kind: 'task', id, name } })}
          />
          <label className={styles.choice}>
            <input
              type="checkbox"
              checked={action.parent?.kind === 'root'}
              onChange={({ target }) =>
                onChange({ ...action, parent: target.checked ? { kind: 'root' } : null })
              }
            />
            Below none: they have no parent
          </label>
        </>
      )
    case 'delete':
      return (
        <>
          <p>
            The tasks and their trials disappear from lists, and workers can no longer use them. They can be
            restored.
          </p>
          <fieldset className={styles.choices}>
            <legend>What becomes of tasks below them</legend>
            {(Object.keys(childrenWords) as OfChildren[]).map((children) => (
              <label key={children} className={styles.choice}>
                <input
                  type="radio"
                  name="children"
                  checked={action.children === children}
                  onChange={() => onChange({ ...action, children })}
                />
                {childrenWords[children]}
              </label>
            ))}
          </fieldset>
        </>
      )
    case 'restore':
      return (
        <label className={styles.choice}>
          <input
            type="checkbox"
            checked={action.subtree}
            onChange={({ target }) => onChange({ ...action, subtree: target.checked })}
          />
          Restore what is deleted below them, too
        </label>
      )
  }
}

interface TextFieldProps {
  label: string
  hint: string
  type?: 'text' | 'number'
  suggestions?: readonly string[]
  begin: string
  onType: (text: string) => void
}

function TextField({ label, hint, type = 'text', suggestions = [], begin, onType }: TextFieldProps) {
  const listId = useId()
  return (
    <Field label={label} hint={hint}>
      {(parts) => (
        <>
          <input
            {...parts}
            type={type}
            step={1}
            list={suggestions.length > 0 ? listId : undefined}
            autoComplete="off"
            data-autofocus
            defaultValue={begin}
            onChange={(event) => onType(event.target.value)}
          />
          <datalist id={listId}>
            {suggestions.map((one) => (
              <option key={one} value={one} />
            ))}
          </datalist>
        </>
      )}
    </Field>
  )
}

function wholeOf(text: string): number | null {
  return /^[+-]?\d+$/.test(text.trim()) ? Number(text) : null
}
