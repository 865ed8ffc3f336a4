import { useMemo, useState } from 'react'
import { AddResultsDocument, type ResultInput, type TaskDetailFragment } from '../../gql/graphql'
import { fieldErrors } from '../../graphql/errors'
import { useIdempotency } from '../../graphql/idempotency'
import { request } from '../../graphql/request'
import { useSubmit } from '../../graphql/useSubmit'
import { toast } from '../../ui/toast'
import { type ColumnRole, guessRoles, missingRoles, readRows } from './columns'
import { parseTable } from './parseTable'

/** A request stays well below the size that the server takes. */
const rowsPerRequest = 1_000

/** A pasted table on its way to the server: read as it is typed, sent in parts, each part whole or not at all. */
export function usePastedResults(task: TaskDetailFragment, onDone: () => void) {
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState<Readonly<Record<number, ColumnRole>>>({})
  const [leaveOut, setLeaveOut] = useState(false)
  /** What the server had against a row, by its line. */
  const [refused, setRefused] = useState<ReadonlyMap<number, string>>(new Map())
  /** Lines that are in already, where a later part was refused. */
  const [sent, setSent] = useState<ReadonlySet<number>>(new Set())
  const { busy, submit } = useSubmit()
  const { keyed } = useIdempotency()

  const table = useMemo(() => {
    const { header, rows } = parseTable(text)
    return { header, rows: rows.filter(({ line }) => !sent.has(line)) }
  }, [text, sent])
  const roles = useMemo(
    () => guessRoles(table.header, task).map((guess, index) => chosen[index] ?? guess),
    [table, task, chosen],
  )
  const missing = useMemo(() => missingRoles(roles, task), [roles, task])
  const rows = useMemo(() => readRows(table, roles, task), [table, roles, task])
  const problems = useMemo(() => {
    const found = new Map<number, string>()
    for (const { line, problems } of rows) if (problems) found.set(line, problems.join(' · '))
    for (const [line, problem] of refused) found.set(line, problem)
    return found
  }, [rows, refused])
  const good = rows.flatMap(({ line, result }) => (result && !refused.has(line) ? [{ line, result }] : []))
  const bad = rows.length - good.length

  const send = () => {
    if (missing.length > 0 || good.length === 0 || (bad > 0 && !leaveOut)) return
    void submit(async () => {
      let added = 0
      try {
        for (let at = 0; at < good.length; at += rowsPerRequest) {
          const part = good.slice(at, at + rowsPerRequest)
          await sendPart(part)
          added += part.length
        }
      } finally {
        if (added > 0) toast('good', `${added} ${added === 1 ? 'result' : 'results'} added.`)
        // What is in is not sent again.
        if (added > 0 && added < good.length) {
          setSent(new Set([...sent, ...good.slice(0, added).map(({ line }) => line)]))
        }
      }
      onDone()
    })
  }

  const sendPart = async (part: readonly { line: number; result: ResultInput }[]) => {
    try {
      await request(AddResultsDocument, {
        input: keyed({ taskId: task.id, results: part.map(({ result }) => result) }),
      })
    } catch (thrown) {
      const found = byLine(fieldErrors(thrown), part)
      if (found.size === 0) throw thrown
      setRefused(found)
      throw new Error(
        'The server refused some rows; what it says is beside them. None of their part was added.',
      )
    }
  }

  return {
    text,
    setText: (next: string) => {
      setText(next)
      setRefused(new Map())
      setSent(new Set())
    },
    table,
    roles,
    setRole: (index: number, role: ColumnRole) => {
      setChosen({ ...chosen, [index]: role })
      setRefused(new Map())
    },
    missing,
    problems,
    good: good.length,
    bad,
    leaveOut,
    setLeaveOut,
    busy,
    send,
    label: `Add ${good.length} ${good.length === 1 ? 'result' : 'results'}`,
    disabled: missing.length > 0 || good.length === 0 || (bad > 0 && !leaveOut),
  }
}

/** `results.3.point.x` is a problem of the fourth row of this part. */
function byLine(
  errors: ReadonlyMap<string, string>,
  part: readonly { line: number }[],
): ReadonlyMap<number, string> {
  const found = new Map<number, string>()
  for (const [path, text] of errors) {
    const [, index, field] = /^results\.(\d+)\.?(.*)$/.exec(path) ?? []
    const line = part[Number(index)]?.line
    if (line !== undefined) found.set(line, field ? `${field}: ${text}` : text)
  }
  return found
}
