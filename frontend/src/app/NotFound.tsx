import { Link } from '@tanstack/react-router'
import { Notice } from '../ui/Notice'

export function NotFound() {
  return (
    <Notice title="There is nothing here">
      <p>The address is wrong or the page has moved.</p>
      <Link to="/">All tasks</Link>
    </Notice>
  )
}
