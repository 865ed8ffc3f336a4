import { useState } from 'react'
import { Button } from '../../ui/Button'
import { formatCount } from '../../ui/format'
import { CrossIcon, MoreIcon } from '../../ui/icons'
import { Menu } from '../../ui/Menu'
import { toast } from '../../ui/toast'
import { countTasks } from '../countTasks'
import { type BatchAction, fresh } from './action'
import styles from './BatchBar.module.css'
import { BatchDialog } from './BatchDialog'
import { everything, nothing, type Selection, sizeOf, type Target } from './selection'

/** The most tasks that one batch takes. */
const mostTasks = 10_000

interface BatchBarProps {
  selection: Selection
  target: Target
  /** How many tasks pass the filter of the list, read or not. */
  total: number
  /** Whether these are only the tasks at the top of a tree. */
  atTop: boolean
  /** How many of the selected ones the list does not show. */
  hidden: number
  /** Whether the list is that of deleted tasks. */
  deleted: boolean
  tags: readonly string[]
  owners: readonly string[]
  onSelect: (selection: Selection) => void
}

/** How many tasks are selected, and what can be done to all of them. */
export function BatchBar(props: BatchBarProps) {
  const { selection, target, total, atTop, hidden, deleted, tags, owners, onSelect } = props
  const [doing, setDoing] = useState<{ action: BatchAction; target: Target; size: number }>()
  const size = sizeOf(selection, total)
  // The list may change below the dialog: it goes on with what was selected when it was opened.
  const begin = (action: BatchAction) => setDoing({ action, target, size })
  const tooMany = size > mostTasks
  return (
    <>
      <section className={styles.bar} aria-label="Selected tasks" data-testid="batch-bar">
        <div className={styles.selected}>
          <output data-testid="selected">
            {formatCount(size)} selected
            {hidden > 0 && `, ${formatCount(hidden)} of them not shown`}
          </output>
          {selection.kind === 'some' && (size < total || atTop) && (
            <Button small variant="quiet" onClick={() => onSelect(everything)}>
              Select all {countTasks(total)} {atTop ? 'at the top' : 'that match'}
            </Button>
          )}
          <Button
            small
            variant="quiet"
            icon={<CrossIcon />}
            aria-label="Clear the selection"
            onClick={() => onSelect(nothing)}
          />
        </div>
        {tooMany ? (
          <p className={styles.limit}>
            At most {countTasks(mostTasks)} can be changed at once: narrow the list.
          </p>
        ) : deleted ? (
          <Button small onClick={() => begin(fresh.restore())}>
            Restore…
          </Button>
        ) : (
          <div className={styles.actions}>
            <Button small onClick={() => begin(fresh.transition('PAUSED'))}>
              Pause…
            </Button>
            <Button small onClick={() => begin(fresh.transition('RUNNING'))}>
              Start or resume…
            </Button>
            <Button small onClick={() => begin(fresh.addTags())}>
              Add tags…
            </Button>
            <Menu
              label="More actions"
              text="More"
              icon={<MoreIcon />}
              items={[
                { label: 'Remove tags…', onSelect: () => begin(fresh.removeTags()) },
                { label: 'Priority…', onSelect: () => begin(fresh.priority()) },
                { label: 'Owner…', onSelect: () => begin(fresh.owner()) },
                { label: 'Move below…', onSelect: () => begin(fresh.move()) },
                { label: 'Complete…', onSelect: () => begin(fresh.transition('COMPLETED')) },
                { label: 'Mark failed…', onSelect: () => begin(fresh.transition('FAILED')) },
                { label: 'Delete…', danger: true, onSelect: () => begin(fresh.delete()) },
              ]}
            />
          </div>
        )}
      </section>
      {doing && (
        <BatchDialog
          begin={doing.action}
          target={doing.target}
          size={doing.size}
          tags={tags}
          owners={owners}
          onClose={() => setDoing(undefined)}
          onDone={({ kind }, changed) => {
            setDoing(undefined)
            toast('good', `${countTasks(changed)} ${doneWords[kind]}.`)
            // These go from the list; and "all that match" may be others from now on.
            if (kind === 'delete' || kind === 'restore' || selection.kind === 'all') onSelect(nothing)
          }}
        />
      )}
    </>
  )
}

const doneWords: Readonly<Record<BatchAction['kind'], string>> = {
  transition: 'moved on',
  addTags: 'tagged',
  removeTags: 'untagged',
  priority: 'changed',
  owner: 'changed',
  move: 'moved',
  delete: 'deleted',
  restore: 'restored',
}
