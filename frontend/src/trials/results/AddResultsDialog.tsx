import { useState } from 'react'
import { AddResultsDocument, type TaskDetailFragment } from '../../gql/graphql'
import { useIdempotency } from '../../graphql/idempotency'
import { problemsOutside } from '../../graphql/problems'
import { request } from '../../graphql/request'
import { useSubmit } from '../../graphql/useSubmit'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { ProblemList } from '../../ui/ProblemList'
import { Segments } from '../../ui/Segments'
import { toast } from '../../ui/toast'
import { TellFields, tellFieldPaths } from '../hands/TellFields'
import { newTell, type TellDraft, toTell } from '../hands/tellForm'
import { PointFields } from '../PointFields'
import { type PointTexts, readPoint } from '../pointForm'
import { PasteTable } from './PasteTable'
import styles from './Results.module.css'
import { usePastedResults } from './usePastedResults'

type Way = 'table' | 'point'

const wayLabels: Readonly<Record<Way, string>> = { table: 'Paste a table', point: 'One point' }

interface AddResultsDialogProps {
  task: TaskDetailFragment
  onClose: () => void
}

/** Adds what was measured elsewhere, before or beside this task, so that the strategy learns from it. */
export function AddResultsDialog({ task, onClose }: AddResultsDialogProps) {
  const [way, setWay] = useState<Way>('table')
  const pasted = usePastedResults(task, onClose)
  const single = useOneResult(task, onClose)
  const { send, busy, label, disabled } = way === 'table' ? pasted : single
  return (
    <Dialog
      wide
      title="Add finished results"
      onClose={onClose}
      onSubmit={send}
      testId="add-results"
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={busy || disabled}>
            {busy ? 'Adding…' : label}
          </Button>
        </>
      }
    >
      <p className={styles.note}>
        Measured elsewhere or before: they count as results of this task, but not against its budget.
      </p>
      <Segments label="How" options={wayLabels} value={way} onChange={setWay} />
      {way === 'table' ? <PasteTable task={task} pasted={pasted} /> : <OneResult task={task} form={single} />}
    </Dialog>
  )
}

function OneResult({ task, form }: { task: TaskDetailFragment; form: ReturnType<typeof useOneResult> }) {
  return (
    <>
      <PointFields
        parameters={form.parameters}
        texts={form.texts}
        problems={form.pointProblems}
        onChange={form.setTexts}
      />
      <TellFields task={task} draft={form.draft} problems={form.problems} onChange={form.change} />
      <ProblemList
        problems={problemsOutside(form.problems, [
          ...tellFieldPaths,
          ...form.parameters.map(({ name }) => `point.${name}`),
        ])}
      />
    </>
  )
}

function useOneResult(task: TaskDetailFragment, onDone: () => void) {
  const parameters = task.parameterSpace?.parameters ?? []
  const [texts, setTexts] = useState<PointTexts>({})
  const [draft, setDraft] = useState(() => newTell(task))
  const { problems: found, setProblems, busy, submit } = useSubmit()
  const { keyed } = useIdempotency()

  const send = () => {
    const read = readPoint(parameters, texts, 'tried')
    const told = toTell(draft, task)
    if (read.problems || told.problems) {
      const ofPoint = [...(read.problems ?? [])].map(([name, text]) => [`point.${name}`, text] as const)
      return setProblems(new Map([...ofPoint, ...(told.problems ?? [])]))
    }
    void submit(async () => {
      const { addResults } = await request(AddResultsDocument, {
        input: keyed({ taskId: task.id, results: [{ point: read.point, ...told.parts }] }),
      })
      toast('good', `Added as trial ${addResults.trials[0]?.number}.`)
      onDone()
    })
  }
  const problems = new Map([...found].map(([path, text]) => [path.replace(/^results\.0\.?/, ''), text]))
  const pointProblems = new Map(
    [...problems].flatMap(([path, text]) =>
      path.startsWith('point.') ? [[path.slice('point.'.length), text] as const] : [],
    ),
  )
  return {
    parameters,
    texts,
    setTexts,
    draft,
    change: (part: Partial<TellDraft>) => setDraft((known) => ({ ...known, ...part })),
    problems,
    pointProblems,
    busy,
    send,
    label: 'Add result',
    disabled: false,
  }
}
