import { useRef, useState } from 'react'
import { explain } from '../../graphql/errors'
import { useIdempotency } from '../../graphql/idempotency'
import { type BatchAction, isComplete } from './action'
import { type Preview, previewBatch } from './preview'
import { runBatch } from './runBatch'
import type { Target } from './selection'

export type Stage =
  | { readonly kind: 'editing' }
  | { readonly kind: 'trying' }
  | { readonly kind: 'tried'; readonly preview: Preview }
  | { readonly kind: 'doing'; readonly preview: Preview }
  | { readonly kind: 'failed'; readonly text: string }

/** From what a batch is to do, by what it would do, to doing it. */
export function usePreview(target: Target, onDone: (changed: number) => void) {
  const [stage, setStage] = useState<Stage>({ kind: 'editing' })
  const { keyed } = useIdempotency()
  // Of several tries only the last is shown.
  const turn = useRef(0)

  const attempt = async (action: BatchAction, of: Target = target) => {
    turn.current += 1
    const own = turn.current
    setStage({ kind: 'trying' })
    try {
      const preview = await previewBatch(action, of)
      if (own === turn.current) setStage({ kind: 'tried', preview })
    } catch (thrown) {
      if (own === turn.current) setStage({ kind: 'failed', text: explain(thrown) })
    }
  }

  const perform = async (action: BatchAction, preview: Preview) => {
    setStage({ kind: 'doing', preview })
    try {
      const { token } = preview
      const { idempotencyKey } = keyed({ token, action })
      const { changed } = await runBatch(action, preview.target, { dryRun: false, token, idempotencyKey })
      onDone(changed)
    } catch (thrown) {
      setStage({ kind: 'failed', text: explain(thrown) })
    }
  }

  return {
    stage,
    attempt,
    perform,
    /** The action is another now: what was tried does not hold. One that is complete may be tried at once. */
    change: (action: BatchAction, atOnce: boolean) => {
      turn.current += 1
      if (atOnce && isComplete(action)) void attempt(action)
      else setStage({ kind: 'editing' })
    },
  }
}
