import { useRef, useState } from 'react'
import { nothing, rangeOf, type Selection, withTasks } from './selection'

/** The tasks that are selected in a list. What `subject` names is what was selected from: with another, it begins anew. */
export function useSelection(subject: string) {
  const [held, setHeld] = useState({ subject, selection: nothing })
  const last = useRef<string>(undefined)
  const selection = held.subject === subject ? held.selection : nothing
  const set = (next: Selection) => setHeld({ subject, selection: next })
  return {
    selection,
    set,
    /** One of the tasks shown; with `range` all from the last one to it. */
    select: (shown: readonly string[], id: string, on: boolean, range: boolean) => {
      const ids = range && last.current !== undefined ? rangeOf(shown, last.current, id) : [id]
      last.current = id
      set(withTasks(selection, ids, on))
    },
    selectShown: (shown: readonly string[], on: boolean) =>
      set(on ? withTasks(selection, shown, true) : nothing),
  }
}
