/** What the history is looked at for; each has an address. */
export type Look =
  | { readonly kind: 'version'; readonly version: number }
  | { readonly kind: 'time'; readonly at: string }
  | { readonly kind: 'difference'; readonly from: number; readonly to: number }
  | { readonly kind: 'revert'; readonly to: number }

/** A look as it stands in the address. */
export interface LookSearch {
  version?: number
  at?: string
  from?: number
  to?: number
  revert?: number
}

type Given = { readonly [Name in keyof LookSearch]?: LookSearch[Name] | undefined }

export function lookOf({ version, at, from, to, revert }: Given): Look | undefined {
  if (revert !== undefined) return { kind: 'revert', to: revert }
  if (from !== undefined && to !== undefined) return { kind: 'difference', from, to }
  if (version !== undefined) return { kind: 'version', version }
  if (at !== undefined) return { kind: 'time', at }
  return undefined
}

export function lookSearch(look: Look | undefined): LookSearch {
  switch (look?.kind) {
    case 'version':
      return { version: look.version }
    case 'time':
      return { at: look.at }
    case 'difference':
      return { from: look.from, to: look.to }
    case 'revert':
      return { revert: look.to }
    case undefined:
      return {}
  }
}

/** One look at most, from whatever stands in the address. */
export function validateLook({ version, at, from, to, revert }: Record<string, unknown>): LookSearch {
  return lookSearch(
    lookOf({
      version: versionNumber(version),
      at: typeof at === 'string' && !Number.isNaN(Date.parse(at)) ? at : undefined,
      from: versionNumber(from),
      to: versionNumber(to),
      revert: versionNumber(revert),
    }),
  )
}

function versionNumber(value: unknown): number | undefined {
  const number = Number(value)
  return Number.isSafeInteger(number) && number > 0 ? number : undefined
}
