import { ChevronIcon } from '../../ui/icons'
import styles from './Fold.module.css'

interface FoldProps {
  name: string
  unfolded: boolean
  onChange: (unfolded: boolean) => void
}

/** Shows what is below a task, and hides it again; the arrow keys to the right and to the left do the same. */
export function Fold({ name, unfolded, onChange }: FoldProps) {
  return (
    <button
      type="button"
      className={styles.fold}
      aria-expanded={unfolded}
      aria-label={`Tasks below ${name}`}
      onClick={() => onChange(!unfolded)}
      onKeyDown={(event) => {
        const wanted = event.key === 'ArrowRight' ? true : event.key === 'ArrowLeft' ? false : unfolded
        if (wanted !== unfolded) onChange(wanted)
      }}
    >
      <ChevronIcon />
    </button>
  )
}
