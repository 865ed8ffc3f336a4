import { useState } from 'react'
import type { TaskDetailFragment } from '../../gql/graphql'
import { Button } from '../../ui/Button'
import { Card } from '../../ui/Card'
import { Field } from '../../ui/Field'
import styles from './History.module.css'
import type { Look } from './look'

interface AsItWasProps {
  task: TaskDetailFragment
  onLook: (look: Look) => void
}

/** Asks for a moment of the past, in the time of whoever looks. */
export function AsItWas({ task, onLook }: AsItWasProps) {
  const [text, setText] = useState(() => localText(new Date(task.createdAt)))
  const [problem, setProblem] = useState<string>()
  return (
    <Card title="As it was" testId="as-it-was">
      <form
        className={styles.moment}
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          const at = new Date(text)
          if (Number.isNaN(at.getTime())) return setProblem('Enter a date and a time.')
          setProblem(undefined)
          onLook({ kind: 'time', at: at.toISOString() })
        }}
      >
        <Field label="On" error={problem} hint="Your local time.">
          {(parts) => (
            <input
              {...parts}
              type="datetime-local"
              step={1}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </Field>
        <div>
          <Button type="submit">Show the task</Button>
        </div>
      </form>
    </Card>
  )
}

/** As the browser's field wants it: local, up to the second that holds it whole. */
function localText(moment: Date): string {
  const local = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000 + 999)
  return local.toISOString().slice(0, 19)
}
