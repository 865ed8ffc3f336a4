import type { ErrorComponentProps } from '@tanstack/react-router'
import { explain } from '../graphql/errors'
import { Button } from '../ui/Button'
import { Notice } from '../ui/Notice'

export function PageError({ error }: ErrorComponentProps) {
  return (
    <Notice title="This page failed">
      <p>{explain(error)}</p>
      <Button onClick={() => location.reload()}>Reload the page</Button>
    </Notice>
  )
}
