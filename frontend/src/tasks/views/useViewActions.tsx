import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import {
  DeleteViewDocument,
  SaveViewDocument,
  type SaveViewInput,
  type ViewPartsFragment,
} from '../../gql/graphql'
import { RequestFailure } from '../../graphql/errors'
import { useIdempotency } from '../../graphql/idempotency'
import { request } from '../../graphql/request'
import { useSubmit } from '../../graphql/useSubmit'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { toast, toastFailure } from '../../ui/toast'
import type { ListSearch } from '../list/search'
import { NameDialog } from './NameDialog'
import { viewsKey } from './useViews'
import { keptOf } from './view'

type Asking =
  | { readonly kind: 'new' }
  | { readonly kind: 'rename'; readonly view: ViewPartsFragment }
  | { readonly kind: 'delete'; readonly view: ViewPartsFragment }

interface ViewActions {
  /** Keeps the list under a name. */
  saveAs: () => void
  /** Keeps the list in place of what the view was. */
  update: (view: ViewPartsFragment) => void
  rename: (view: ViewPartsFragment) => void
  remove: (view: ViewPartsFragment) => void
  /** To be rendered once. */
  dialogs: ReactNode
}

/** What can be done to views; `onOpen` gets the one that is to be shown then, or none. */
export function useViewActions(
  search: ListSearch,
  onOpen: (view: ViewPartsFragment | undefined) => void,
): ViewActions {
  const client = useQueryClient()
  const [asking, setAsking] = useState<Asking>()
  const { keyed, renew } = useIdempotency()
  const { problems, setProblems, busy, submit } = useSubmit()

  const save = async (input: SaveViewInput): Promise<ViewPartsFragment> => {
    const { saveView } = await request(SaveViewDocument, { input: keyed(input) })
    renew()
    const { view } = saveView
    client.setQueryData<ViewPartsFragment[]>(viewsKey, (views = []) =>
      [...views.filter(({ id }) => id !== view.id), view].toSorted((a, b) => a.name.localeCompare(b.name)),
    )
    return view
  }

  const saveNamed = (name: string) =>
    submit(async () => {
      if (asking?.kind !== 'new' && asking?.kind !== 'rename') return
      const input =
        asking.kind === 'new'
          ? { name, ...keptOf(search) }
          : { id: asking.view.id, name, expectedVersion: asking.view.version }
      try {
        const view = await save(input)
        setAsking(undefined)
        toast('good', `The view “${view.name}” is saved.`)
        if (asking.kind === 'new') onOpen(view)
      } catch (thrown) {
        if (!(thrown instanceof RequestFailure) || thrown.code !== 'VIEW_NAME_TAKEN') throw thrown
        setProblems(new Map([['name', thrown.message]]))
      }
    })

  const remove = async (view: ViewPartsFragment) => {
    setAsking(undefined)
    try {
      await request(DeleteViewDocument, { input: { id: view.id } })
      client.setQueryData<ViewPartsFragment[]>(viewsKey, (views) => views?.filter(({ id }) => id !== view.id))
      toast('good', `The view “${view.name}” is deleted.`)
      onOpen(undefined)
    } catch (thrown) {
      toastFailure(thrown)
    }
  }

  const ask = (what: Asking) => {
    setProblems(new Map())
    setAsking(what)
  }
  return {
    saveAs: () => ask({ kind: 'new' }),
    update: async (view) => {
      try {
        const kept = await save({ id: view.id, expectedVersion: view.version, ...keptOf(search) })
        toast('good', `The view “${kept.name}” is saved.`)
        onOpen(kept)
      } catch (thrown) {
        toastFailure(thrown)
        void client.invalidateQueries({ queryKey: viewsKey })
      }
    },
    rename: (view) => ask({ kind: 'rename', view }),
    remove: (view) => ask({ kind: 'delete', view }),
    dialogs: (
      <>
        {(asking?.kind === 'new' || asking?.kind === 'rename') && (
          <NameDialog
            title={asking.kind === 'new' ? 'Save this list as a view' : `Rename “${asking.view.name}”`}
            begin={asking.kind === 'new' ? '' : asking.view.name}
            problem={problems.get('name')}
            busy={busy}
            onClose={() => setAsking(undefined)}
            onSave={(name) => void saveNamed(name)}
          />
        )}
        {asking?.kind === 'delete' && (
          <Dialog
            title={`Delete the view “${asking.view.name}”?`}
            onClose={() => setAsking(undefined)}
            actions={
              <>
                <Button onClick={() => setAsking(undefined)}>Cancel</Button>
                <Button variant="danger" onClick={() => void remove(asking.view)}>
                  Delete view
                </Button>
              </>
            }
          >
            <p>Everybody loses it. Its tasks stay as they are.</p>
          </Dialog>
        )}
      </>
    ),
  }
}
