import { useEffect, useEffectEvent, useState } from 'react'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { countTasks } from '../countTasks'
import { ActionFields, isChosen } from './ActionFields'
import { type BatchAction, isComplete, titleOf, verbOf } from './action'
import { PreviewReport } from './PreviewReport'
import type { Target } from './selection'
import { usePreview } from './usePreview'

interface BatchDialogProps {
  begin: BatchAction
  target: Target
  /** How many tasks are selected. */
  size: number
  /** The tags that there are, offered while one is typed. */
  tags: readonly string[]
  owners: readonly string[]
  onClose: () => void
  onDone: (action: BatchAction, changed: number) => void
}

/** A batch: what is to be done, what that would do, then the button that does it. */
export function BatchDialog({ begin, target, size, tags, owners, onClose, onDone }: BatchDialogProps) {
  const [action, setAction] = useState(begin)
  const { stage, attempt, perform, change } = usePreview(target, (changed) => onDone(action, changed))
  const tryAtOnce = useEffectEvent(() => void attempt(action))
  useEffect(() => {
    if (isComplete(begin)) tryAtOnce()
  }, [begin])

  const preview = stage.kind === 'tried' || stage.kind === 'doing' ? stage.preview : undefined
  const ready = preview !== undefined && preview.obstacles.length === 0 && preview.changed > 0
  const busy = stage.kind === 'trying' || stage.kind === 'doing'
  const submit = () => {
    if (busy || !isComplete(action)) return
    if (ready) void perform(action, preview)
    else void attempt(action)
  }
  return (
    <Dialog
      title={`${titleOf(action)}: ${countTasks(size)}`}
      testId="batch"
      onClose={onClose}
      onSubmit={submit}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          {ready ? (
            <Button type="submit" variant={action.kind === 'delete' ? 'danger' : 'primary'} disabled={busy}>
              {verbOf(action)} {countTasks(preview.changed)}
            </Button>
          ) : (
            <Button
              type="submit"
              variant={preview ? 'plain' : 'primary'}
              disabled={busy || !isComplete(action)}
            >
              {preview || stage.kind === 'failed' ? 'Preview again' : 'Preview'}
            </Button>
          )}
        </>
      }
    >
      <ActionFields
        action={action}
        tags={tags}
        owners={owners}
        onChange={(next) => {
          setAction(next)
          // The reason is told, and changes nothing of what would become of the tasks.
          if (next.kind !== 'transition') change(next, isChosen(next))
        }}
      />
      <PreviewReport stage={stage} onLeaveOut={(preview) => void attempt(action, { ids: preview.allowed })} />
    </Dialog>
  )
}
