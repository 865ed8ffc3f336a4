import { useEffect, useMemo, useState } from 'react'
import type { ReadTableInput } from '../../gql/graphql'
import { type Problems, problemAt } from '../../graphql/problems'
import { answered, forgotten, isBlank, type TableSource, tableInput } from '../../tables/source'
import { TableField } from '../../tables/TableField'
import { TableReport } from '../../tables/TableReport'
import { useTable } from '../../tables/useTable'
import { Button } from '../../ui/Button'
import { formatCount } from '../../ui/format'
import { ProblemList } from '../../ui/ProblemList'
import styles from './Candidates.module.css'
import { parametersOf, pointsOf, tableParameters } from './candidates'
import { type CandidatesDraft, noCandidates, type ParameterDraft, type SpaceDraft } from './drafts'
import { candidatesPath, partsOf } from './toSpace'

interface CandidatesEditorProps {
  space: SpaceDraft
  /** Names of what is measured: their columns are no parameters. */
  objectives: readonly string[]
  problems: Problems
  onChange: (part: Partial<SpaceDraft>) => void
}

/** A list of all points that there are, pasted from a spreadsheet or read from a file. */
export function CandidatesEditor({ space, objectives, problems, onChange }: CandidatesEditorProps) {
  const { parameters, candidates } = space
  const { source, answers } = candidates
  /** The parameters come from the table once it is read. */
  const [taking, setTaking] = useState(false)
  const known = JSON.stringify(taking ? null : tableParameters(partsOf(parameters)))
  const names = JSON.stringify(objectives.filter((name) => name !== ''))
  const input = useMemo<ReadTableInput | undefined>(
    () =>
      isBlank(source)
        ? undefined
        : {
            ...tableInput(source),
            parameters: JSON.parse(known),
            // Of a list for a task, results are none of its business: their columns are only named.
            objectives: taking ? JSON.parse(names) : [],
            answers: [...answers],
          },
    [source, answers, known, names, taking],
  )
  const reading = useTable(input)
  const { report } = reading
  const read = useMemo(() => pointsOf(reading), [reading])
  const change = (part: Partial<CandidatesDraft>) =>
    onChange({
      candidates: { ...candidates, ...part, points: [], problem: 'The table is still being read.' },
    })

  // What was read is part of the draft: it is saved with the form.
  useEffect(() => {
    if (isBlank(source) || !reading.isCurrent) return
    if (taking && report && report.questions.length === 0 && report.problems.length === 0) {
      const found = parametersOf(report.columns)
      setTaking(false)
      // Roles by name go with the parameters that they name.
      if (found.length > 0) onChange({ parameters: found, constraints: [] })
      return
    }
    const { points, problem } = read
    if (
      problem !== candidates.problem ||
      points.length !== candidates.points.length ||
      points.some(differs)
    ) {
      onChange({ candidates: { ...candidates, points, problem } })
    }
    function differs(point: unknown, index: number) {
      return JSON.stringify(point) !== JSON.stringify(candidates.points[index])
    }
  })

  const take = (next: TableSource) => {
    const untouched = parameters.every(({ name, low, values }) => `${name}${low}${values}`.trim() === '')
    // Whoever begins with the table need not type its columns once more.
    setTaking(untouched && !isBlank(next))
    if (isBlank(next)) onChange({ candidates: { ...noCandidates, source: next } })
    else change({ source: next, answers: [] })
  }
  return (
    <div className={styles.editor} data-testid="candidates-editor">
      <TableField
        label="Table of candidates"
        optional
        hint="From a spreadsheet or a CSV file: the names of the parameters first, then one line for each point."
        source={source}
        placeholder={example(parameters)}
        error={problemAt(problems, candidatesPath)}
        onChange={take}
      />
      <ProblemList problems={reading.problem === undefined ? [] : [reading.problem]} />
      {report && (
        <TableReport
          report={report}
          roles={roleLabels(taking ? [] : parameters)}
          ownRoles={taking ? [['parameter', 'parameter of this name']] : []}
          answers={answers}
          onAnswer={(answer) => change({ answers: answered(answers, answer) })}
          onForget={(answer) => change({ answers: forgotten(answers, answer) })}
        >
          <p className={styles.told} role="status" data-testid="candidates-told">
            {read.problem === undefined ? (
              <>
                <b>{formatCount(read.points.length)}</b>{' '}
                {read.points.length === 1 ? 'candidate' : 'candidates'}: nothing else is tried.
              </>
            ) : (
              <>{formatCount(report.rowCount)} rows.</>
            )}
            {read.repeated > 0 && (
              <> {formatCount(read.repeated)} rows that say the same again are left out.</>
            )}
            <Unused columns={report.columns} />
          </p>
          {!taking && (
            <div>
              <Button small onClick={() => setTaking(true)}>
                Take the parameters from the table
              </Button>
            </div>
          )}
        </TableReport>
      )}
    </div>
  )
}

function Unused({ columns }: { columns: readonly { title: string; role: string }[] }) {
  const unused = columns.filter(({ role }) => role === 'leave-out').map(({ title }) => title)
  return unused.length === 0 ? null : <> Not used: {unused.join(', ')}.</>
}

function roleLabels(parameters: readonly ParameterDraft[]): (readonly [string, string])[] {
  const named = parameters.map(({ name }) => name.trim()).filter((name) => name !== '')
  return [['leave-out', '(left out)'], ...named.map((name) => [`parameter:${name}`, name] as const)]
}

function example(parameters: readonly ParameterDraft[]): string {
  const names = parameters.map(({ name }) => name.trim()).filter((name) => name !== '')
  return names.length > 0 ? `${names.join(', ')}\n…` : 'temperature, solvent\n60, THF\n80, DMF\n…'
}
