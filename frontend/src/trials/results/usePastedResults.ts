import { useMemo, useState } from 'react'
import {
  AddResultsDocument,
  EnqueueTrialsDocument,
  type ReadTableInput,
  type ResultInput,
  type TableAnswerInput,
  type TaskDetailFragment,
} from '../../gql/graphql'
import { useIdempotency } from '../../graphql/idempotency'
import { request } from '../../graphql/request'
import { useSubmit } from '../../graphql/useSubmit'
import { answered, forgotten, isBlank, noTable, type TableSource, tableInput } from '../../tables/source'
import { useTable } from '../../tables/useTable'
import { toast } from '../../ui/toast'
import { toResult } from './roles'

/** A request stays well below the size that the server takes. */
const rowsPerRequest = 1_000

/** A pasted table on its way to the task: read by the server as it is typed, sent in parts, each whole or not at all. */
export function usePastedResults(task: TaskDetailFragment, onDone: () => void) {
  const [source, setSource] = useState<TableSource>(noTable)
  const [answers, setAnswers] = useState<readonly TableAnswerInput[]>([])
  const { busy, submit } = useSubmit()
  const { keyed } = useIdempotency()

  const input = useMemo<ReadTableInput | undefined>(
    () => (isBlank(source) ? undefined : { ...tableInput(source), taskId: task.id, answers: [...answers] }),
    [source, answers, task.id],
  )
  const { report, problem, isCurrent } = useTable(input)
  const rows = report?.rows ?? []
  const ready = isCurrent && report?.ready === true && rows.length > 0

  const send = () => {
    if (!ready) return
    const results: ResultInput[] = []
    const points: Record<string, unknown>[] = []
    for (const row of rows) {
      const result = toResult(row)
      if (result) results.push(result)
      else points.push(row.point)
    }
    void submit(async () => {
      let added = 0
      try {
        for (const part of parts(results)) {
          await request(AddResultsDocument, { input: keyed({ taskId: task.id, results: part }) })
          added += part.length
        }
        for (const part of parts(points)) {
          await request(EnqueueTrialsDocument, { input: keyed({ taskId: task.id, points: part }) })
          added += part.length
        }
      } finally {
        // What is stored is recognised by the server if the rest is sent again.
        if (added > 0) toast('good', `${added} ${added === 1 ? 'row' : 'rows'} added.`)
        if (added > 0 && added < rows.length) setAnswers([...answers])
      }
      onDone()
    })
  }

  return {
    source,
    setSource: (next: TableSource) => {
      setSource(next)
      setAnswers([])
    },
    answers,
    answer: (answer: TableAnswerInput) => setAnswers(answered(answers, answer)),
    forget: (answer: TableAnswerInput) => setAnswers(forgotten(answers, answer)),
    report,
    problem,
    busy,
    send,
    label: report ? `Add ${rows.length} ${rows.length === 1 ? 'row' : 'rows'}` : 'Add rows',
    disabled: !ready,
  }
}

function parts<Item>(items: readonly Item[]): Item[][] {
  const found: Item[][] = []
  for (let at = 0; at < items.length; at += rowsPerRequest) found.push(items.slice(at, at + rowsPerRequest))
  return found
}
