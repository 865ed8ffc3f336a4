import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { type FormEvent, useRef, useState } from 'react'
import { CreateTaskDocument, TransitionTaskDocument } from '../../gql/graphql'
import { fieldErrors } from '../../graphql/errors'
import { noProblems, type Problems, problemAt } from '../../graphql/problems'
import { request } from '../../graphql/request'
import { Button } from '../../ui/Button'
import { Field } from '../../ui/Field'
import { toast, toastFailure } from '../../ui/toast'
import { usePageTitle } from '../../ui/usePageTitle'
import { SpaceEditor } from '../space/SpaceEditor'
import { StrategyEditor } from '../strategy/StrategyEditor'
import { useTaskNames } from '../useTaskNames'
import styles from './CreateTaskPage.module.css'
import { namesOf, newTask, type TaskDraft } from './form'
import { ObjectivesEditor } from './ObjectivesEditor'
import { OptionalSettings } from './OptionalSettings'
import { unplacedProblems } from './problems'
import { toInput } from './toInput'

export function CreateTaskPage() {
  usePageTitle('New task')
  const navigate = useNavigate()
  const { parent } = useSearch({ from: '/tasks/new' })
  const [draft, setDraft] = useState(newTask)
  const [problems, setProblems] = useState<Problems>(noProblems)
  const [busy, setBusy] = useState(false)
  const form = useRef<HTMLFormElement>(null)

  const change = (part: Partial<TaskDraft>) => setDraft((known) => ({ ...known, ...part }))
  const show = (found: Problems) => {
    setProblems(found)
    // After the fields have been marked.
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
  }

  const create = async (start: boolean) => {
    const result = toInput(draft)
    if (result.problems) return show(result.problems)
    setBusy(true)
    try {
      const { createTask } = await request(CreateTaskDocument, {
        input: { ...result.input, parentId: parent ?? null },
      })
      const { id, name } = createTask.task
      if (start) {
        // The task exists from here on: a refused start is told on its page.
        await request(TransitionTaskDocument, { input: { id, to: 'RUNNING' } }).catch(toastFailure)
      }
      toast('good', `“${name}” created.`)
      await navigate({ to: '/tasks/$taskId', params: { taskId: id } })
    } catch (thrown) {
      const refused = fieldErrors(thrown)
      if (refused.size > 0) show(refused)
      else toastFailure(thrown)
    } finally {
      setBusy(false)
    }
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void create(false)
  }
  const objectives = namesOf(draft.objectives)
  const unplaced = unplacedProblems(problems, draft)

  return (
    <form className={styles.page} onSubmit={submit} noValidate ref={form} data-testid="create-task">
      <nav className={styles.crumbs} aria-label="Breadcrumb">
        <Link to="/">Tasks</Link> <span aria-hidden="true">/</span>
        {parent !== undefined && <ParentCrumb taskId={parent} />}
      </nav>
      <h1>New task</h1>

      <section className={styles.section}>
        <div className={styles.intro}>
          <h2>Task</h2>
          <p>What you optimise, in a name that you will recognise in the list.</p>
        </div>
        <div className={styles.fields}>
          <Field label="Name" error={problemAt(problems, 'name')}>
            {(parts) => (
              <input
                {...parts}
                value={draft.name}
                placeholder="Epoxy adhesive, lap shear"
                onChange={(event) => change({ name: event.target.value })}
              />
            )}
          </Field>
          <Field label="Description" optional error={problemAt(problems, 'description')}>
            {(parts) => (
              <textarea
                {...parts}
                rows={2}
                value={draft.description}
                onChange={(event) => change({ description: event.target.value })}
              />
            )}
          </Field>
        </div>
      </section>

      <section className={styles.section}>
        <div className={styles.intro}>
          <h2>Parameter space</h2>
          <p>What you can change from one trial to the next, and within which bounds.</p>
        </div>
        <SpaceEditor
          space={draft.space}
          objectives={objectives}
          problems={problems}
          onChange={(part) => change({ space: { ...draft.space, ...part } })}
        />
      </section>

      <section className={styles.section}>
        <div className={styles.intro}>
          <h2>Objectives</h2>
          <p>
            What you measure. With one objective there is a best value; with several, trade-offs between them.
          </p>
        </div>
        <ObjectivesEditor
          objectives={draft.objectives}
          problems={problems}
          onChange={(objectives) => change({ objectives })}
        />
      </section>

      <section className={styles.section}>
        <div className={styles.intro}>
          <h2>Strategy</h2>
          <p>What proposes the points to try.</p>
        </div>
        <StrategyEditor
          task={{ objectives, parameters: namesOf(draft.space.parameters) }}
          draft={draft.strategy}
          problems={problems}
          design
          onChange={(part) => change({ strategy: { ...draft.strategy, ...part } })}
        />
      </section>

      <OptionalSettings
        draft={draft.settings}
        objectives={objectives}
        problems={problems}
        onChange={(settings) => change({ settings })}
      />

      <section className={styles.section}>
        <div className={styles.intro}>
          <h2>Metadata</h2>
          <p>Anything that you or your programs want to keep with the task.</p>
        </div>
        <div className={styles.fields}>
          <Field label="JSON object" optional error={problemAt(problems, 'metadata')}>
            {(parts) => (
              <textarea
                {...parts}
                rows={3}
                spellCheck={false}
                style={{ fontFamily: 'var(--mono)', fontSize: 'var(--text-s)' }}
                placeholder='{"project": "adhesives"}'
                value={draft.metadata}
                onChange={(event) => change({ metadata: event.target.value })}
              />
            )}
          </Field>
        </div>
      </section>

      {unplaced.length > 0 && (
        <ul className={styles.unplaced} role="alert">
          {unplaced.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
      <div className={styles.actions}>
        <Button
          variant="quiet"
          onClick={() =>
            void navigate(
              parent === undefined ? { to: '/' } : { to: '/tasks/$taskId', params: { taskId: parent } },
            )
          }
        >
          Cancel
        </Button>
        <Button type="submit" disabled={busy}>
          Create
        </Button>
        <Button variant="primary" disabled={busy} onClick={() => void create(true)}>
          Create and start
        </Button>
      </div>
    </form>
  )
}

/** The task that the new one is to be a part of. */
function ParentCrumb({ taskId }: { taskId: string }) {
  const nameOf = useTaskNames([taskId])
  return (
    <span data-testid="parent">
      {' '}
      <Link to="/tasks/$taskId" params={{ taskId }}>
        {nameOf(taskId)}
      </Link>{' '}
      <span aria-hidden="true">/</span>
    </span>
  )
}
