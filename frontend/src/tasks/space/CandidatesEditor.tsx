import { useMemo } from 'react'
import { type Problems, problemAt } from '../../graphql/problems'
import { Button } from '../../ui/Button'
import { Field } from '../../ui/Field'
import { formatCount, formatValue } from '../../ui/format'
import { ProblemList } from '../../ui/ProblemList'
import styles from './Candidates.module.css'
import { mostCandidates, parametersOf, type ReadCandidates, readCandidates } from './candidates'
import type { ParameterDraft, SpaceDraft } from './drafts'
import { candidatesPath, partsOf } from './toSpace'

const shownRows = 5
const shownProblems = 4

interface CandidatesEditorProps {
  space: SpaceDraft
  /** Names of what is measured: their columns are no parameters. */
  objectives: readonly string[]
  problems: Problems
  onChange: (part: Partial<SpaceDraft>) => void
}

/** A list of all points that there are, pasted from a spreadsheet or read from a file. */
export function CandidatesEditor({ space, objectives, problems, onChange }: CandidatesEditorProps) {
  const { parameters, candidates: text } = space
  const read = useMemo(() => readCandidates(text, partsOf(parameters)), [text, parameters])
  const problem = problemAt(problems, candidatesPath)
  const take = (next: string) => {
    const untouched = parameters.every(({ name, low, values }) => `${name}${low}${values}`.trim() === '')
    // Whoever begins with the table need not type its columns once more.
    onChange(untouched ? withParameters(next, objectives) : { candidates: next })
  }
  return (
    <div className={styles.editor} data-testid="candidates-editor">
      <Field
        label="Table of candidates"
        optional
        hint="From a spreadsheet or a CSV file: the names of the parameters first, then one line for each point."
        error={problem}
      >
        {(parts) => (
          <textarea
            {...parts}
            rows={text === '' ? 3 : 5}
            spellCheck={false}
            wrap="off"
            className={`${parts.className} ${styles.table}`}
            placeholder={example(parameters)}
            value={text}
            onChange={(event) => take(event.target.value)}
          />
        )}
      </Field>
      <label className={styles.file}>
        or open a file
        <input
          type="file"
          accept=".csv,.tsv,.txt,text/csv,text/tab-separated-values"
          onChange={async (event) => {
            const file = event.target.files?.[0]
            if (file) take(await file.text())
          }}
        />
      </label>
      {text.trim() !== '' && (
        <>
          <Told read={read} />
          {read.missing.length > 0 && (
            <div>
              <Button small onClick={() => onChange(withParameters(text, objectives))}>
                Take the parameters from the table
              </Button>
            </div>
          )}
          <Preview read={read} parameters={parameters} />
        </>
      )}
    </div>
  )
}

function withParameters(text: string, objectives: readonly string[]): Partial<SpaceDraft> {
  const parameters = parametersOf(text, objectives)
  return parameters.length === 0 ? { candidates: text } : { candidates: text, parameters, constraints: [] }
}

function Told({ read }: { read: ReadCandidates }) {
  const { points, missing, problems, unused, repeated, rows } = read
  const found = [...problems].slice(0, shownProblems).map(([line, text]) => `Line ${line}: ${text}`)
  if (problems.size > shownProblems)
    found.push(`… and ${formatCount(problems.size - shownProblems)} more rows.`)
  if (points.length > mostCandidates) found.push(`At most ${formatCount(mostCandidates)} can be taken.`)
  if (missing.length > 0) found.unshift(`No column holds ${missing.join(', ')}.`)
  return (
    <>
      <p className={styles.told} role="status" data-testid="candidates-told">
        {missing.length > 0 ? (
          <>{formatCount(rows)} rows.</>
        ) : (
          <>
            <b>{formatCount(points.length)}</b> {points.length === 1 ? 'candidate' : 'candidates'}: nothing
            else is tried.
          </>
        )}
        {repeated > 0 && <> {formatCount(repeated)} rows that say the same again are left out.</>}
        {unused.length > 0 && <> Not used: {unused.join(', ')}.</>}
      </p>
      <ProblemList problems={found} />
    </>
  )
}

function Preview({ read, parameters }: { read: ReadCandidates; parameters: readonly ParameterDraft[] }) {
  if (read.points.length === 0) return null
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className={styles.preview} aria-label="The first candidates" tabIndex={0}>
      <table data-testid="candidates-preview">
        <thead>
          <tr>
            {parameters.map(({ key, name }) => (
              <th key={key} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {read.points.slice(0, shownRows).map((point, index) => (
            <tr key={index}>
              {parameters.map(({ key, name }) => (
                <td key={key}>{formatValue(point[name.trim()])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {read.points.length > shownRows && (
        <p className={styles.rest}>… and {formatCount(read.points.length - shownRows)} more</p>
      )}
    </section>
  )
}

function example(parameters: readonly ParameterDraft[]): string {
  const names = parameters.map(({ name }) => name.trim()).filter((name) => name !== '')
  return names.length > 0 ? `${names.join(', ')}\n…` : 'temperature, solvent\n60, THF\n80, DMF\n…'
}
