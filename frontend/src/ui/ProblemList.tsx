import styles from './ProblemList.module.css'

/** What is wrong, where no single field is to blame. */
export function ProblemList({ problems }: { problems: readonly string[] }) {
  if (problems.length === 0) return null
  return (
    <ul className={styles.list} role="alert">
      {problems.map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  )
}
