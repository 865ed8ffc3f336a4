import type { TaskDetailFragment } from '../../gql/graphql'
import { Card } from '../../ui/Card'
import { CodeBlock } from '../../ui/CodeBlock'
import styles from './TaskData.module.css'

/** What clients keep with the task, and how to name it in a program. */
export function TaskData({ task }: { task: TaskDetailFragment }) {
  return (
    <Card title="Data">
      <div className={styles.data}>
        <div>
          <h3>Task id</h3>
          <CodeBlock code={task.id} label="Copy the task id" />
        </div>
        <Json title="Metadata" value={Object.keys(task.metadata).length > 0 ? task.metadata : null} />
        <Json title="Model state" value={task.modelState} />
        <p className={styles.version}>
          Version {task.version} · event {task.sequence}
        </p>
      </div>
    </Card>
  )
}

function Json({ title, value }: { title: string; value: unknown }) {
  return (
    <div>
      <h3>{title}</h3>
      {value === null || value === undefined ? (
        <p className={styles.none}>None</p>
      ) : (
        <CodeBlock code={JSON.stringify(value, null, 2)} label={`Copy the ${title.toLowerCase()}`} />
      )}
    </div>
  )
}
