import { type FormEvent, useState } from 'react'
import { EnqueueTrialsDocument, type ParameterPartsFragment, type TaskDetailFragment } from '../gql/graphql'
import { fieldErrors } from '../graphql/errors'
import { request } from '../graphql/request'
import { Button } from '../ui/Button'
import { Card } from '../ui/Card'
import { Field } from '../ui/Field'
import { toast, toastFailure } from '../ui/toast'
import styles from './EnqueueTrialForm.module.css'
import { bounds, choicesOf, parseValue } from './pointForm'

/** For tasks whose points come from outside: adds one by hand. */
export function EnqueueTrialForm({ task }: { task: TaskDetailFragment }) {
  const parameters = task.parameterSpace?.parameters ?? []
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>({})
  const [problems, setProblems] = useState<ReadonlyMap<string, string>>(new Map())
  const [busy, setBusy] = useState(false)

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const point: Record<string, unknown> = {}
    const found = new Map<string, string>()
    for (const parameter of parameters) {
      const parsed = parseValue(parameter, texts[parameter.name] ?? '')
      if ('problem' in parsed) found.set(parameter.name, parsed.problem)
      else point[parameter.name] = parsed.value
    }
    setProblems(found)
    if (found.size > 0) return
    setBusy(true)
    try {
      const { enqueueTrials } = await request(EnqueueTrialsDocument, {
        input: { taskId: task.id, points: [point] },
      })
      toast(
        'good',
        `Trial ${enqueueTrials.trials.map(({ number }) => number).join(', ')} waits to be asked for.`,
      )
      setTexts({})
    } catch (thrown) {
      const refused = new Map(
        [...fieldErrors(thrown)].map(([path, text]) => [path.replace(/^points\.0\.?/, ''), text]),
      )
      const known = parameters.some(({ name }) => refused.has(name))
      if (known) setProblems(refused)
      else toastFailure(thrown)
    } finally {
      setBusy(false)
    }
  }

  if (parameters.length === 0) return null
  return (
    <Card title="Add a point" testId="enqueue">
      <form className={styles.form} onSubmit={(event) => void submit(event)} noValidate>
        {parameters.map((parameter) => (
          <Field key={parameter.name} label={parameter.name} error={problems.get(parameter.name)}>
            {(parts) => (
              <ValueInput
                parameter={parameter}
                parts={parts}
                text={texts[parameter.name] ?? ''}
                onChange={(text) => setTexts({ ...texts, [parameter.name]: text })}
              />
            )}
          </Field>
        ))}
        <Button type="submit" variant="primary" disabled={busy}>
          Add point
        </Button>
      </form>
    </Card>
  )
}

interface ValueInputProps {
  parameter: ParameterPartsFragment
  parts: object
  text: string
  onChange: (text: string) => void
}

function ValueInput({ parameter, parts, text, onChange }: ValueInputProps) {
  const choices = choicesOf(parameter)
  if (!choices) {
    const { low, high } = bounds(parameter)
    return (
      <input
        {...parts}
        inputMode="decimal"
        placeholder={`${low} to ${high}`}
        value={text}
        onChange={(event) => onChange(event.target.value)}
      />
    )
  }
  return (
    <select {...parts} value={text} onChange={(event) => onChange(event.target.value)}>
      <option value="">Choose…</option>
      {choices.map((choice, index) => (
        <option key={String(choice)} value={index}>
          {String(choice)}
        </option>
      ))}
    </select>
  )
}
