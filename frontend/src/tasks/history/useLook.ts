import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback } from 'react'
import { type Look, lookOf, lookSearch } from './look'

/** What the history is looked at for, which stands in the address; undefined closes it. */
export function useLook(): [look: Look | undefined, open: (look: Look | undefined) => void] {
  const look = lookOf(useSearch({ from: '/tasks/$taskId' }))
  const navigate = useNavigate({ from: '/tasks/$taskId' })
  const open = useCallback(
    (next: Look | undefined) => {
      void navigate({ search: { view: 'history', ...lookSearch(next) }, resetScroll: false })
    },
    [navigate],
  )
  return [look, open]
}
