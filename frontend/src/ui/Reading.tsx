import styles from './Reading.module.css'

/** In place of what is being read; it appears only if that takes long enough to wonder. */
export function Reading({ what }: { what: string }) {
  return (
    <div className={styles.reading} role="status">
      Reading {what}…
    </div>
  )
}
