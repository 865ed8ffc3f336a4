import { type ReactNode, useId } from 'react'
import styles from './Card.module.css'

interface CardProps {
  title: ReactNode
  /** To the right of the title. */
  extra?: ReactNode
  /** The content reaches the card's edges. */
  flush?: boolean
  testId?: string
  children: ReactNode
}

export function Card({ title, extra, flush, testId, children }: CardProps) {
  const id = useId()
  return (
    <section className={styles.card} aria-labelledby={id} data-testid={testId}>
      <header className={styles.head}>
        <h2 id={id}>{title}</h2>
        {extra}
      </header>
      <div className={flush ? styles.flush : styles.body}>{children}</div>
    </section>
  )
}
