import { Link } from '@tanstack/react-router'
import { Logo } from '../../app/Logo'
import { Button, buttonLook } from '../../ui/Button'
import { CodeBlock } from '../../ui/CodeBlock'
import { PlusIcon } from '../../ui/icons'
import { Notice } from '../../ui/Notice'
import { isFiltered, type ListSearch } from './search'

export function EmptyList({ search, onClear }: { search: ListSearch; onClear: () => void }) {
  const { deleted, ...filters } = search
  if (deleted && !isFiltered(filters)) {
    return (
      <Notice title="No deleted tasks">
        <p>Tasks that you delete wait here until you restore them.</p>
        <Button onClick={onClear}>Show all tasks</Button>
      </Notice>
    )
  }
  if (isFiltered(search)) {
    return (
      <Notice title="No task fits this filter">
        <Button onClick={onClear}>Clear the filter</Button>
      </Notice>
    )
  }
  return (
    <Notice title="Ask for the next point, tell the result, watch it converge" art={<Logo size={52} />}>
      <p>
        A task is one optimization run: the parameters you can change, what you measure, and a strategy that
        proposes the points to try. Workers in any language ask for points and tell results; this page shows
        it as it happens.
      </p>
      <Link to="/tasks/new" {...buttonLook('primary')}>
        <PlusIcon />
        Create the first task
      </Link>
      <p>Or watch one run first, on a server with made-up experiments:</p>
      <CodeBlock code="asktell demo" label="Copy the command" />
    </Notice>
  )
}
