import { Button } from '../../ui/Button'
import { formatCount } from '../../ui/format'
import { countTasks } from '../countTasks'
import { useTaskNames } from '../useTaskNames'
import styles from './PreviewReport.module.css'
import type { Obstacle, Preview } from './preview'
import type { Stage } from './usePreview'

const shownNames = 5

interface PreviewReportProps {
  stage: Stage
  onLeaveOut: (preview: Preview) => void
}

/** What a batch would do: how many tasks it changes, which stand in the way, and why. */
export function PreviewReport({ stage, onLeaveOut }: PreviewReportProps) {
  return (
    <div className={styles.report} aria-live="polite" data-testid="preview" data-stage={stage.kind}>
      {stage.kind === 'trying' && <p className={styles.waiting}>Trying it, without doing it…</p>}
      {stage.kind === 'failed' && <p className={styles.failed}>{stage.text}</p>}
      {(stage.kind === 'tried' || stage.kind === 'doing') && (
        <Told preview={stage.preview} onLeaveOut={() => onLeaveOut(stage.preview)} />
      )}
    </div>
  )
}

function Told({ preview, onLeaveOut }: { preview: Preview; onLeaveOut: () => void }) {
  const { changed, others, same, obstacles } = preview
  const refused = obstacles.reduce((sum, { taskIds }) => sum + taskIds.length, 0)
  return (
    <>
      <p>
        {changed === 0 ? 'Nothing would change' : `${countTasks(changed)} would change`}
        {others > 0 && `, and ${formatCount(others)} below ${changed === 1 ? 'it' : 'them'}`}
        {same > 0 && `; ${formatCount(same)} ${same === 1 ? 'is' : 'are'} so already`}
        {refused > 0 && `; ${formatCount(refused)} ${refused === 1 ? 'stands' : 'stand'} in the way`}.
      </p>
      {obstacles.length > 0 && (
        <>
          <ul className={styles.obstacles}>
            {obstacles.map((obstacle) => (
              <ObstacleLine key={obstacle.text} obstacle={obstacle} />
            ))}
          </ul>
          <p className={styles.all}>
            A batch is done to all of its tasks or to none.
            {preview.allowed.length > 0 && (
              <Button small variant="primary" onClick={onLeaveOut}>
                Leave {refused === 1 ? 'it' : `these ${formatCount(refused)}`} out
              </Button>
            )}
          </p>
        </>
      )}
    </>
  )
}

function ObstacleLine({ obstacle: { text, taskIds } }: { obstacle: Obstacle }) {
  const shown = taskIds.slice(0, shownNames)
  const nameOf = useTaskNames(shown)
  const more = taskIds.length - shown.length
  return (
    <li data-testid="obstacle">
      <b>{countTasks(taskIds.length)}</b> {text}
      <span className={styles.names}>
        {shown.map((id) => `“${nameOf(id)}”`).join(', ')}
        {more > 0 && ` and ${formatCount(more)} more`}
      </span>
    </li>
  )
}
