import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useId, useRef, useState } from 'react'
import {
  KnownTagsDocument,
  TagTaskDocument,
  type TaskDetailFragment,
  UntagTaskDocument,
} from '../../gql/graphql'
import { request } from '../../graphql/request'
import { Button } from '../../ui/Button'
import { formatCount } from '../../ui/format'
import { CrossIcon, PlusIcon } from '../../ui/icons'
import { toastFailure } from '../../ui/toast'
import { readTags } from './readTags'
import styles from './TagsEditor.module.css'

const freshMs = 60_000

interface TagsEditorProps {
  task: TaskDetailFragment
  onSaved: (task: TaskDetailFragment) => void
}

/** The tags of a task. Adding and removing one leaves the others alone, whoever changes them meanwhile. */
export function TagsEditor({ task, onSaved }: TagsEditorProps) {
  const [adding, setAdding] = useState(false)
  const change = async (work: () => Promise<readonly TaskDetailFragment[]>) => {
    try {
      const [changed] = await work()
      if (changed) onSaved(changed)
    } catch (thrown) {
      toastFailure(thrown)
    }
  }
  const add = (tags: string[]) =>
    change(async () => {
      const { addTags } = await request(TagTaskDocument, { input: { ids: [task.id], tags } })
      return addTags.tasks
    })
  const remove = (tag: string) =>
    change(async () => {
      const { removeTags } = await request(UntagTaskDocument, { input: { ids: [task.id], tags: [tag] } })
      return removeTags.tasks
    })
  return (
    <div className={styles.tags} data-testid="tags">
      <ul className={styles.list} aria-label="Tags">
        {task.tags.map((tag) => (
          <li key={tag} className={styles.tag}>
            {tag}
            <button type="button" aria-label={`Remove tag ${tag}`} onClick={() => void remove(tag)}>
              <CrossIcon />
            </button>
          </li>
        ))}
      </ul>
      {adding ? (
        <NewTag present={task.tags} onAdd={add} onClose={() => setAdding(false)} />
      ) : (
        <Button small variant="quiet" icon={<PlusIcon />} onClick={() => setAdding(true)}>
          Tag
        </Button>
      )}
    </div>
  )
}

interface NewTagProps {
  present: readonly string[]
  onAdd: (tags: string[]) => Promise<void>
  onClose: () => void
}

/** A field that completes what other tasks are tagged with; Enter adds, and it stays for the next. */
function NewTag({ present, onAdd, onClose }: NewTagProps) {
  const [text, setText] = useState('')
  const input = useRef<HTMLInputElement>(null)
  const listId = useId()
  const { data } = useQuery({
    queryKey: ['known-tags'],
    queryFn: ({ signal }) => request(KnownTagsDocument, {}, signal),
    staleTime: freshMs,
  })
  const add = async (event: FormEvent) => {
    event.preventDefault()
    const tags = readTags(text)
    if (tags.length === 0) return onClose()
    setText('')
    await onAdd(tags)
    input.current?.focus()
  }
  return (
    <form className={styles.adding} onSubmit={(event) => void add(event)}>
      <input
        ref={input}
        // biome-ignore lint/a11y/noAutofocus: it comes in place of the button that was pressed
        autoFocus
        aria-label="New tag"
        list={listId}
        autoComplete="off"
        placeholder="suzuki"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => event.key === 'Escape' && onClose()}
        onBlur={(event) => {
          if (text.trim() === '' && !event.currentTarget.form?.contains(event.relatedTarget)) onClose()
        }}
      />
      <datalist id={listId}>
        {(data?.tasks.facets.tags ?? [])
          .filter(({ tag }) => !present.includes(tag))
          .map(({ tag, count }) => (
            <option key={tag} value={tag}>
              {formatCount(count)} {count === 1 ? 'task' : 'tasks'}
            </option>
          ))}
      </datalist>
      <Button small type="submit">
        Add
      </Button>
    </form>
  )
}
