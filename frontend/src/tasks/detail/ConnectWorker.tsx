import { useState } from 'react'
import type { TaskDetailFragment } from '../../gql/graphql'
import { Card } from '../../ui/Card'
import { CodeBlock } from '../../ui/CodeBlock'
import { Segments } from '../../ui/Segments'
import styles from './ConnectWorker.module.css'
import { type Language, languageLabels, workerScript } from './workerScript'

export function ConnectWorker({ task }: { task: TaskDetailFragment }) {
  const [language, setLanguage] = useState<Language>('python')
  return (
    <Card
      title="Connect a worker"
      testId="connect-worker"
      extra={<Segments label="Language" options={languageLabels} value={language} onChange={setLanguage} />}
    >
      <p className={styles.text}>
        A worker asks for a point, says now and then that it is still at it, and tells the result. Any number
        may run at once; one that dies loses its trial to the next.
      </p>
      <div className={styles.code}>
        <CodeBlock code={workerScript(language, task, location.origin)} label="Copy the worker" />
      </div>
    </Card>
  )
}
