import type { ReactNode } from 'react'
import styles from './Notice.module.css'

/** Fills the place of content that is not there: empty, missing or failed. */
export function Notice({ title, children, art }: { title: string; children: ReactNode; art?: ReactNode }) {
  return (
    <section className={styles.notice}>
      {art}
      <h2>{title}</h2>
      {children}
    </section>
  )
}
