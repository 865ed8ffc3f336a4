import { CrossIcon } from './icons'
import styles from './Toasts.module.css'
import { dismissToast, useToasts } from './toast'

export function Toasts() {
  const toasts = useToasts()
  return (
    <div className={styles.stack} aria-live="polite" data-testid="toasts">
      {toasts.map(({ id, tone, text }) => (
        <div key={id} className={styles.toast} data-tone={tone} role={tone === 'bad' ? 'alert' : 'status'}>
          <span>{text}</span>
          <button type="button" onClick={() => dismissToast(id)} aria-label="Dismiss">
            <CrossIcon />
          </button>
        </div>
      ))}
    </div>
  )
}
