import { useNavigate } from '@tanstack/react-router'
import { useCallback } from 'react'

/** Opens the details of a trial, which have an address of their own; undefined closes them. */
export function useOpenTrial(): (number: number | undefined) => void {
  const navigate = useNavigate({ from: '/tasks/$taskId' })
  return useCallback(
    (number) => {
      void navigate({ search: number === undefined ? {} : { trial: number }, resetScroll: false })
    },
    [navigate],
  )
}
