import { useState } from 'react'
import { EnqueueTrialsDocument, type TaskDetailFragment } from '../../gql/graphql'
import { useIdempotency } from '../../graphql/idempotency'
import { problemsOutside } from '../../graphql/problems'
import { request } from '../../graphql/request'
import { useSubmit } from '../../graphql/useSubmit'
import { Button } from '../../ui/Button'
import { Card } from '../../ui/Card'
import { Dialog } from '../../ui/Dialog'
import { ProblemList } from '../../ui/ProblemList'
import { toast } from '../../ui/toast'
import { PointFields } from '../PointFields'
import { type PointTexts, readPoint } from '../pointForm'
import styles from './Results.module.css'

/** For tasks whose points come from outside: adds one by hand. */
export function EnqueueTrialForm({ task }: { task: TaskDetailFragment }) {
  const form = useEnqueue(task)
  if (form.parameters.length === 0) return null
  return (
    <Card title="Add a point" testId="enqueue">
      <form
        className={styles.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          form.send()
        }}
      >
        <EnqueueFields form={form} />
        <Button type="submit" variant="primary" disabled={form.busy}>
          Add point
        </Button>
      </form>
    </Card>
  )
}

/** For any other task: puts a point of one's own before those that the strategy proposes. */
export function EnqueueDialog({ task, onClose }: { task: TaskDetailFragment; onClose: () => void }) {
  const form = useEnqueue(task, onClose)
  return (
    <Dialog
      title="Add a point to try"
      onClose={onClose}
      onSubmit={form.send}
      testId="enqueue-dialog"
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={form.busy}>
            Add point
          </Button>
        </>
      }
    >
      <p className={styles.note}>It is handed out before the points that the strategy proposes.</p>
      <EnqueueFields form={form} />
    </Dialog>
  )
}

function EnqueueFields({ form }: { form: ReturnType<typeof useEnqueue> }) {
  const { parameters, texts, setTexts, problems } = form
  const names = parameters.map(({ name }) => name)
  return (
    <>
      <PointFields parameters={parameters} texts={texts} problems={problems} onChange={setTexts} />
      <ProblemList problems={problemsOutside(problems, names)} />
    </>
  )
}

function useEnqueue(task: TaskDetailFragment, onDone?: () => void) {
  const parameters = task.parameterSpace?.parameters ?? []
  const [texts, setTexts] = useState<PointTexts>({})
  const { problems, setProblems, busy, submit } = useSubmit()
  const { keyed, renew } = useIdempotency()
  const send = () => {
    const read = readPoint(parameters, texts)
    if (read.problems) return setProblems(read.problems)
    void submit(async () => {
      const { enqueueTrials } = await request(EnqueueTrialsDocument, {
        input: keyed({ taskId: task.id, points: [read.point] }),
      })
      renew()
      const numbers = enqueueTrials.trials.map(({ number }) => number).join(', ')
      toast('good', `Trial ${numbers} waits to be asked for.`)
      setTexts({})
      onDone?.()
    })
  }
  const own = new Map([...problems].map(([path, text]) => [path.replace(/^points\.0\.?/, ''), text]))
  return { parameters, texts, setTexts, problems: own, busy, send }
}
