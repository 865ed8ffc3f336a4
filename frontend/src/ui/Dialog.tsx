import { type ReactNode, useId, useLayoutEffect, useRef } from 'react'
import { createPortal } from 'react-dom'
import styles from './Dialog.module.css'

interface DialogProps {
  title: ReactNode
  onClose: () => void
  /** Makes it a form: Enter submits, and a click beside it does not throw away what was typed. */
  onSubmit?: () => void
  wide?: boolean
  testId?: string
  children: ReactNode
  /** Above the buttons, in view with them. */
  told?: ReactNode
  /** Buttons, the safe one first. */
  actions: ReactNode
}

/**
 * A modal over the browser's own dialog element, which keeps the focus inside and closes with Escape. The focus begins
 * at the element marked `data-autofocus`, if there is one, and goes back to where it was.
 */
export function Dialog({ title, onClose, onSubmit, wide, testId, children, told, actions }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null)
  const titleId = useId()

  // A layout effect: when the dialog goes, it must be closed while it is still in the document.
  useLayoutEffect(() => {
    const dialog = ref.current
    dialog?.showModal()
    dialog?.querySelector<HTMLElement>('[data-autofocus]')?.focus()
    return () => dialog?.close()
  }, [])

  const body = (
    <>
      <h2 id={titleId}>{title}</h2>
      {children}
      <div className={styles.actions}>
        {told && <div className={styles.told}>{told}</div>}
        {actions}
      </div>
    </>
  )
  return createPortal(
    <dialog
      ref={ref}
      className={styles.dialog}
      data-wide={wide || undefined}
      data-testid={testId}
      aria-labelledby={titleId}
      onCancel={(event) => {
        // Only its own: one of a dialog opened from here comes by, too.
        if (event.target !== event.currentTarget) return
        event.preventDefault()
        onClose()
      }}
      onPointerDown={(event) => {
        if (!onSubmit && event.target === event.currentTarget) onClose()
      }}
    >
      {onSubmit ? (
        <form
          className={styles.body}
          noValidate
          onSubmit={(event) => {
            event.preventDefault()
            event.stopPropagation()
            onSubmit()
          }}
        >
          {body}
        </form>
      ) : (
        <div className={styles.body}>{body}</div>
      )}
    </dialog>,
    // Nothing of where it is opened from may shape it.
    document.body,
  )
}
