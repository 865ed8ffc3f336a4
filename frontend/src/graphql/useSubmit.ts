import { useRef, useState } from 'react'
import { toastFailure } from '../ui/toast'
import { fieldErrors } from './errors'
import { noProblems, type Problems } from './problems'

/** What a form needs to send something: one at a time, and what was wrong with it by field. */
export function useSubmit() {
  const [problems, setProblems] = useState<Problems>(noProblems)
  const [busy, setBusy] = useState(false)
  const running = useRef(false)

  /** What the server has against a field is kept as a problem; every other failure is a toast. */
  const submit = async (work: () => Promise<void>): Promise<void> => {
    if (running.current) return
    running.current = true
    setBusy(true)
    setProblems(noProblems)
    try {
      await work()
    } catch (thrown) {
      const refused = fieldErrors(thrown)
      if (refused.size > 0) setProblems(refused)
      else toastFailure(thrown)
    } finally {
      running.current = false
      setBusy(false)
    }
  }
  return { problems, setProblems, busy, submit }
}
