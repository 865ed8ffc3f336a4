import { useQuery } from '@tanstack/react-query'
import { TaskAtDocument, type TaskDetailFragment } from '../../gql/graphql'
import { explain } from '../../graphql/errors'
import { request } from '../../graphql/request'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { formatMoment } from '../../ui/format'
import { type NameOf, useTaskNames } from '../useTaskNames'
import { tasksNamed } from './changes'
import { factsOf, fieldName } from './facts'
import styles from './History.module.css'
import type { Look } from './look'
import { historyKey } from './useVersions'
import { fieldTitle, inFieldOrder } from './words'

interface PastDialogProps {
  task: TaskDetailFragment
  look: Extract<Look, { kind: 'version' | 'time' }>
  onLook: (look: Look | undefined) => void
}

/** The task as it was at a version or at a time. */
export function PastDialog({ task, look, onLook }: PastDialogProps) {
  const moment = look.kind === 'version' ? { version: look.version } : { at: look.at }
  const { data, error } = useQuery({
    queryKey: [...historyKey(task.id), 'at', moment],
    queryFn: async ({ signal }) => (await request(TaskAtDocument, { id: task.id, ...moment }, signal)).taskAt,
    staleTime: look.kind === 'version' ? Number.POSITIVE_INFINITY : 0,
  })
  const fields = inFieldOrder(
    Object.entries(data?.fields ?? {}).map(([field, value]) => ({ field, new: value })),
  )
  const nameOf = useTaskNames(tasksNamed(fields))
  const past = data && data.version < task.version ? data.version : undefined
  return (
    <Dialog
      wide
      title={titleOf(look, data?.version)}
      onClose={() => onLook(undefined)}
      testId="past"
      actions={
        <>
          {past !== undefined && (
            <>
              <Button onClick={() => onLook({ kind: 'difference', from: past, to: task.version })}>
                Compare with now
              </Button>
              <Button onClick={() => onLook({ kind: 'revert', to: past })}>Go back to this version…</Button>
            </>
          )}
          <Button variant="primary" data-autofocus onClick={() => onLook(undefined)}>
            Close
          </Button>
        </>
      }
    >
      {error && <p role="alert">{explain(error)}</p>}
      {!data && !error && <p className={styles.quiet}>Reading how it was…</p>}
      {data?.updatedAt && <p className={styles.quiet}>Made {formatMoment(data.updatedAt)}.</p>}
      {data && data.unknownFields.length > 0 && (
        <p role="note" className={styles.warning}>
          An earlier server told less of this version. Not known:{' '}
          {data.unknownFields.map(fieldName).join(', ')}.
        </p>
      )}
      <dl className={styles.fields}>
        {fields.map(({ field, new: value }) => (
          <PastField key={field} field={field} value={value} nameOf={nameOf} />
        ))}
      </dl>
    </Dialog>
  )
}

function titleOf(look: PastDialogProps['look'], version: number | undefined): string {
  if (look.kind === 'version') return `Version ${look.version}`
  const at = formatMoment(look.at)
  return version === undefined ? `On ${at}` : `On ${at}: version ${version}`
}

function PastField({ field, value, nameOf }: { field: string; value: unknown; nameOf: NameOf }) {
  const facts = factsOf(field, value, nameOf)
  const [only] = facts
  if (!only) return null
  const title = fieldTitle(field)
  return (
    <>
      <dt>{title}</dt>
      <dd>
        {facts.length === 1 && only.label === title ? (
          only.text
        ) : (
          <ul>
            {facts.map(({ key, label, text }) => (
              <li key={key}>
                <span className={styles.quiet}>{label}</span> {text}
              </li>
            ))}
          </ul>
        )}
      </dd>
    </>
  )
}
