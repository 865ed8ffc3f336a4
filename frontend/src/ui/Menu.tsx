import {
  type KeyboardEvent,
  type ReactNode,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import { Button } from './Button'
import styles from './Menu.module.css'

export interface MenuItem {
  readonly label: string
  readonly onSelect: () => void
  readonly danger?: boolean
  /** An item that is on or off. */
  readonly checked?: boolean
  /** Whether the menu stays, for others to be chosen, too. */
  readonly stays?: boolean
  /** Whether a line sets it apart from those above. */
  readonly apart?: boolean
}

interface MenuProps {
  label: string
  /** Beside the icon, where the icon alone would not tell what the button is for. */
  text?: string
  icon: ReactNode
  items: readonly MenuItem[]
}

const gap = 4

/** Below the button, or above it where there is no room; never beyond the left edge. */
function placeOf(
  button: DOMRect,
  { offsetHeight: height, offsetWidth: width }: HTMLElement,
): { top: number; right: number } {
  const room = button.bottom + gap + height <= innerHeight
  return {
    top: room ? button.bottom + gap : Math.max(gap, button.top - gap - height),
    right: Math.max(gap, Math.min(innerWidth - button.right, innerWidth - width - gap)),
  }
}

/** A button that opens a list of actions; arrow keys move, Escape closes. */
export function Menu({ label, text, icon, items }: MenuProps) {
  const [place, setPlace] = useState<{ top: number; right: number }>()
  const root = useRef<HTMLDivElement>(null)
  const list = useRef<HTMLDivElement>(null)
  const id = useId()
  const open = place !== undefined

  // Over everything else, wherever the button is; where there is no room below the button, above it.
  useLayoutEffect(() => {
    if (!open) return
    list.current?.showPopover()
    if (root.current && list.current) setPlace(placeOf(root.current.getBoundingClientRect(), list.current))
  }, [open])

  useEffect(() => {
    if (!open) return
    list.current?.querySelector('button')?.focus()
    const close = () => setPlace(undefined)
    const closeOutside = (event: PointerEvent) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) close()
    }
    addEventListener('pointerdown', closeOutside)
    // The page also moves by itself, when something above grows: the list stays with its button.
    const follow = () => {
      const box = root.current?.getBoundingClientRect()
      if (!box || !list.current || box.bottom < 0 || box.top > innerHeight) close()
      else setPlace(placeOf(box, list.current))
    }
    addEventListener('scroll', follow, { capture: true })
    addEventListener('resize', close)
    return () => {
      removeEventListener('pointerdown', closeOutside)
      removeEventListener('scroll', follow, { capture: true })
      removeEventListener('resize', close)
    }
  }, [open])

  const toggle = () => {
    const box = root.current?.getBoundingClientRect()
    setPlace(open || !box ? undefined : { top: box.bottom + gap, right: innerWidth - box.right })
  }
  const close = () => {
    setPlace(undefined)
    root.current?.querySelector('button')?.focus()
  }

  return (
    <div className={styles.root} ref={root}>
      <Button
        variant="quiet"
        small
        icon={icon}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={id}
        onClick={toggle}
      >
        {text}
      </Button>
      {open && (
        <div
          ref={list}
          id={id}
          role="menu"
          popover="manual"
          tabIndex={-1}
          aria-label={label}
          className={styles.list}
          style={place}
          onKeyDown={(event) => moveFocus(event, close)}
        >
          {items.map((item) => (
            <button
              key={item.label}
              type="button"
              {...(item.checked === undefined
                ? { role: 'menuitem' }
                : { role: 'menuitemcheckbox', 'aria-checked': item.checked })}
              tabIndex={-1}
              data-danger={item.danger || undefined}
              data-apart={item.apart || undefined}
              onClick={() => {
                if (!item.stays) close()
                item.onSelect()
              }}
            >
              {item.label}
            </button>
          ))}
        </div>
      )}
    </div>
  )
}

function moveFocus(event: KeyboardEvent<HTMLElement>, close: () => void): void {
  const buttons = [...event.currentTarget.querySelectorAll('button')]
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement)
  const targets: Readonly<Record<string, number>> = {
    ArrowDown: (at + 1) % buttons.length,
    ArrowUp: (at - 1 + buttons.length) % buttons.length,
    Home: 0,
    End: buttons.length - 1,
  }
  const target = targets[event.key]
  if (target !== undefined) buttons[target]?.focus()
  else if (event.key === 'Escape' || event.key === 'Tab') close()
  else return
  event.preventDefault()
  event.stopPropagation()
}
