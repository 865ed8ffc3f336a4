import type { ViewPartsFragment } from '../../gql/graphql'
import { BookmarkIcon } from '../../ui/icons'
import { Menu, type MenuItem } from '../../ui/Menu'

interface ViewMenuProps {
  views: readonly ViewPartsFragment[]
  open: ViewPartsFragment | undefined
  onOpen: (view: ViewPartsFragment | undefined) => void
  onSaveAs: () => void
  onRename: (view: ViewPartsFragment) => void
  onRemove: (view: ViewPartsFragment) => void
}

/** The saved views, and what can be done to the one that is open. */
export function ViewMenu({ views, open, onOpen, onSaveAs, onRename, onRemove }: ViewMenuProps) {
  const all: MenuItem = { label: 'All tasks', checked: open === undefined, onSelect: () => onOpen(undefined) }
  const saved = views.map((view) => ({
    label: view.name,
    checked: view.id === open?.id,
    onSelect: () => onOpen(view),
  }))
  const own: readonly MenuItem[] = open
    ? [
        { label: 'Rename this view…', onSelect: () => onRename(open) },
        { label: 'Delete this view…', danger: true, onSelect: () => onRemove(open) },
      ]
    : []
  const items = [all, ...saved, { label: 'Save as a view…', apart: true, onSelect: onSaveAs }, ...own]
  return <Menu label="Saved views" text="Views" icon={<BookmarkIcon />} items={items} />
}
