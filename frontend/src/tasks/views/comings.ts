import type { ViewChangedSubscription } from '../../gql/graphql'

/** Which tasks have come into a list and left it since it was opened. */
export interface Comings {
  readonly entered: ReadonlySet<string>
  readonly left: ReadonlySet<string>
}

export const noComings: Comings = { entered: new Set(), left: new Set() }

type Change = ViewChangedSubscription['viewChanged']

/** One that has left and comes again, or has come and leaves again, is told no more. */
export function afterChange(comings: Comings, { kind, taskId }: Change): Comings {
  if (taskId === null || (kind !== 'ENTERED' && kind !== 'LEFT')) return comings
  const [here, there] = kind === 'ENTERED' ? (['entered', 'left'] as const) : (['left', 'entered'] as const)
  const without = new Set(comings[there])
  if (without.delete(taskId)) return { ...comings, [there]: without }
  return { ...comings, [here]: new Set([...comings[here], taskId]) }
}
