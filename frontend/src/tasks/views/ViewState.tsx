import type { ReactNode } from 'react'
import type { ViewPartsFragment } from '../../gql/graphql'
import { Button } from '../../ui/Button'
import { formatCount } from '../../ui/format'
import type { Comings } from './comings'
import styles from './ViewState.module.css'

interface ViewStateProps {
  view: ViewPartsFragment
  /** Whether the list differs from what the view keeps. */
  edited: boolean
  comings: Comings
  onUpdate: () => void
  onDiscard: () => void
  onSeen: () => void
}

/** What is to be said of the view that is open: that the list differs from it, and what has come and gone meanwhile. */
export function ViewState({ view, edited, comings, onUpdate, onDiscard, onSeen }: ViewStateProps) {
  const { entered, left } = comings
  if (!edited && entered.size + left.size === 0) return null
  return (
    <div className={styles.state} data-testid="view-state">
      {edited && (
        <Part text={`This list differs from the view “${view.name}”.`}>
          <Button small onClick={onUpdate}>
            Save the view
          </Button>
          <Button small variant="quiet" onClick={onDiscard}>
            Back to the view
          </Button>
        </Part>
      )}
      {entered.size + left.size > 0 && (
        <Part text={comingsWords(entered.size, left.size)}>
          <Button small variant="quiet" onClick={onSeen}>
            Seen
          </Button>
        </Part>
      )}
    </div>
  )
}

function Part({ text, children }: { text: string; children: ReactNode }) {
  return (
    <p className={styles.part}>
      <span role="status">{text}</span>
      {children}
    </p>
  )
}

function comingsWords(entered: number, left: number): string {
  const parts = [entered > 0 && `${formatCount(entered)} came in`, left > 0 && `${formatCount(left)} left`]
  return `Since you opened it: ${parts.filter(Boolean).join(', ')}.`
}
