import type { ButtonHTMLAttributes, ReactNode } from 'react'
import styles from './Button.module.css'

type Variant = 'primary' | 'plain' | 'quiet' | 'danger'

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  variant?: Variant
  small?: boolean
  /** Shown before the text; with no children the button is square and needs an `aria-label`. */
  icon?: ReactNode
}

export function Button({
  variant = 'plain',
  small,
  icon,
  className,
  children,
  type = 'button',
  ...rest
}: ButtonProps) {
  return (
    <button
      type={type}
      className={[styles.button, className].filter(Boolean).join(' ')}
      data-variant={variant}
      data-small={small || undefined}
      data-square={children === undefined || undefined}
      {...rest}
    >
      {icon}
      {children}
    </button>
  )
}

/** For links that look like a button. */
export function buttonLook(variant: Variant): { className: string | undefined; 'data-variant': Variant } {
  return { className: styles.button, 'data-variant': variant }
}
