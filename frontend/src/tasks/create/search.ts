/** What the form of a new task begins with: the task that it is to be a part of. */
export interface CreateSearch {
  parent?: string
}

export function validateCreateSearch({ parent }: Record<string, unknown>): CreateSearch {
  return typeof parent === 'string' && parent !== '' ? { parent } : {}
}
