import { useState } from 'react'
import { isWithin, type Problems } from './problems'

/** Whether a folded part of a form is open: new problems at one of its paths open it. */
export function useUnfolded(
  problems: Problems,
  paths: readonly string[],
  begin = false,
): [open: boolean, setOpen: (open: boolean) => void] {
  const [open, setOpen] = useState(begin)
  const [seen, setSeen] = useState(problems)
  if (problems !== seen) {
    setSeen(problems)
    if ([...problems.keys()].some((path) => paths.some((placed) => isWithin(path, placed)))) setOpen(true)
  }
  return [open, setOpen]
}
