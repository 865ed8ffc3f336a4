import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { RollUpPartsFragment, TaskStatus } from '../../gql/graphql'
import { TrialCountsBar } from '../../trials/TrialCountsBar'
import { Button, buttonLook } from '../../ui/Button'
import { Card } from '../../ui/Card'
import { formatNumber, formatShare } from '../../ui/format'
import { MoreIcon, PlusIcon } from '../../ui/icons'
import { Menu } from '../../ui/Menu'
import { Segments } from '../../ui/Segments'
import { BestValue } from '../BestValue'
import { StatusBadge } from '../StatusBadge'
import { directionArrows, directionLabels } from '../status'
import styles from './ChildrenCard.module.css'
import type { Family } from './useFamily'
import { statusesText, tasksText } from './words'

interface ChildrenCardProps {
  taskId: string
  family: Family
  more: (() => void) | undefined
  /** Moves the task and all below it on in their lives, as far as they may. */
  onMoveAll: (to: TaskStatus) => void
}

const allTogether: readonly (readonly [to: TaskStatus, label: string])[] = [
  ['RUNNING', 'Resume what a pause of all has stopped…'],
  ['PAUSED', 'Pause all…'],
  ['COMPLETED', 'Complete all…'],
  ['FAILED', 'Mark all failed…'],
]

/** The parts of a task, and what they have come to together. */
export function ChildrenCard({ taskId, family, more, onMoveAll }: ChildrenCardProps) {
  const { children, ofChildren, ofAllBelow } = family
  const [of, setOf] = useState<'children' | 'all'>('all')
  const deeper = ofAllBelow.taskCount > ofChildren.taskCount
  return (
    <Card
      title="Parts"
      testId="children"
      extra={
        <span className={styles.tools}>
          {deeper && (
            <Segments
              label="Taken together"
              options={{ all: `All ${tasksText(ofAllBelow.taskCount)} below`, children: 'Children' }}
              value={of}
              onChange={setOf}
            />
          )}
          <NewChild taskId={taskId} />
          <Menu
            label="This task and all below it"
            icon={<MoreIcon />}
            items={allTogether.map(([to, label]) => ({ label, onSelect: () => onMoveAll(to) }))}
          />
        </span>
      }
    >
      <RollUp of={deeper && of === 'all' ? ofAllBelow : ofChildren} />
      <ul className={styles.children}>
        {children.nodes.map((child) => (
          <li key={child.id} data-testid="child" data-task-id={child.id}>
            <Link to="/tasks/$taskId" params={{ taskId: child.id }} className={styles.name}>
              {child.name}
            </Link>
            <StatusBadge status={child.status} />
            <span className={styles.best}>
              <BestValue task={child} />
            </span>
            <span className={styles.counts}>
              <TrialCountsBar counts={child.trialCounts} />
            </span>
            <span className={styles.progress}>{child.progress !== null && formatShare(child.progress)}</span>
          </li>
        ))}
      </ul>
      {more && (
        <Button small variant="quiet" onClick={more}>
          More
        </Button>
      )}
    </Card>
  )
}

function NewChild({ taskId }: { taskId: string }) {
  return (
    <Link to="/tasks/new" search={{ parent: taskId }} {...buttonLook('quiet')} data-small>
      <PlusIcon />
      Part
    </Link>
  )
}

function RollUp({ of: { taskCount, statuses, trialCounts, progress, best } }: { of: RollUpPartsFragment }) {
  return (
    <dl className={styles.rollUp} data-testid="roll-up">
      <div>
        <dt>{tasksText(taskCount)}</dt>
        <dd>{statusesText(statuses)}</dd>
      </div>
      {progress !== null && (
        <div>
          <dt>Progress</dt>
          <dd className={styles.bar}>
            <span aria-hidden="true">
              <span style={{ width: `${progress * 100}%` }} />
            </span>
            {formatShare(progress)}
          </dd>
        </div>
      )}
      {best.map(({ objective, direction, value }) => (
        <div key={`${objective} ${direction}`}>
          <dt title={`${directionLabels[direction]} ${objective}`}>
            Best {objective} {directionArrows[direction]}
          </dt>
          <dd>
            <b>{formatNumber(value)}</b>
          </dd>
        </div>
      ))}
      <div className={styles.trials}>
        <dt>Trials</dt>
        <dd>
          <TrialCountsBar counts={trialCounts} />
        </dd>
      </div>
    </dl>
  )
}
