import type { ReactNode } from 'react'
import styles from './Tag.module.css'

export type TagTone = 'plain' | 'good' | 'warn' | 'bad' | 'accent'

/** A short mark beside something, explained when the pointer rests on it. */
export function Tag({
  tone = 'plain',
  title,
  children,
}: {
  tone?: TagTone
  title?: string
  children: ReactNode
}) {
  return (
    <span className={styles.tag} data-tone={tone} title={title}>
      {children}
    </span>
  )
}
