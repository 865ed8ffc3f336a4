import { useState } from 'react'
import { Button } from '../ui/Button'
import { Field } from '../ui/Field'
import { ProblemList } from '../ui/ProblemList'
import { noTable, readFile, type TableSource } from './source'
import styles from './Tables.module.css'

interface TableFieldProps {
  label: string
  hint: string
  source: TableSource
  placeholder: string
  optional?: boolean
  autofocus?: boolean
  error?: string | undefined
  onChange: (source: TableSource) => void
}

/** Takes a table from the keyboard, the clipboard or a file. */
export function TableField({ label, hint, source, placeholder, onChange, ...more }: TableFieldProps) {
  const [problem, setProblem] = useState<string>()
  const { text, file } = source
  const open = async (chosen: File) => {
    try {
      onChange(await readFile(chosen))
      setProblem(undefined)
    } catch (thrown) {
      setProblem(thrown instanceof Error ? thrown.message : String(thrown))
    }
  }
  return (
    <>
      {file ? (
        <p className={styles.opened} data-testid="table-file">
          <span>
            <b>{file.name}</b>, {Math.ceil(file.size / 1000)} kB
          </span>
          <Button small onClick={() => onChange(noTable)}>
            Remove
          </Button>
        </p>
      ) : (
        <Field label={label} hint={hint} optional={more.optional ?? false} error={more.error}>
          {(parts) => (
            <textarea
              {...parts}
              data-autofocus={more.autofocus || undefined}
              rows={text === '' ? 5 : 4}
              spellCheck={false}
              wrap="off"
              className={`${parts.className ?? ''} ${styles.text}`}
              placeholder={placeholder}
              value={text}
              onChange={(event) => onChange({ text: event.target.value })}
            />
          )}
        </Field>
      )}
      <label className={styles.file}>
        {file ? 'Another file' : 'or open a file'}
        <input
          type="file"
          accept=".csv,.tsv,.txt,.dat,text/csv,text/tab-separated-values,text/plain"
          onChange={(event) => {
            const chosen = event.target.files?.[0]
            if (chosen) void open(chosen)
            event.target.value = ''
          }}
        />
      </label>
      <ProblemList problems={problem === undefined ? [] : [problem]} />
    </>
  )
}
