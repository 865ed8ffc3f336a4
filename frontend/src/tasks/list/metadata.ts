import type { MetadataFilter } from '../../gql/graphql'
import { formatValue } from '../../ui/format'
import { boundsWords, numberWords } from './bounds'

/** How a value in the metadata may be asked for. */
export const metadataRelations = {
  equals: 'is',
  min: 'is at least',
  max: 'is at most',
  exists: 'is there',
  absent: 'is not there',
} as const

export type MetadataRelation = keyof typeof metadataRelations

/** What was typed, as a filter; none as long as something is missing. The members of the path stand between dots. */
export function metadataOf(
  pathText: string,
  relation: MetadataRelation,
  value: string,
): MetadataFilter | undefined {
  const path = pathText.split('.').map((member) => member.trim())
  if (path.includes('')) return undefined
  switch (relation) {
    case 'exists':
    case 'absent':
      return { path, exists: relation === 'exists' }
    case 'equals':
      return value.trim() === '' ? undefined : { path, equals: jsonOf(value.trim()) }
    case 'min':
    case 'max':
      return value.trim() === '' || Number.isNaN(Number(value))
        ? undefined
        : { path, [relation]: Number(value) }
  }
}

/** `12`, `true` and `"12"` as JSON, and anything else as the text that it is. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** For people: `lab.site is B12`. */
export function metadataWords({ path, ...given }: MetadataFilter): string {
  const { exists, equals, min, max, from, to } = given
  const parts = [
    exists === true && 'is there',
    exists === false && 'is not there',
    equals !== undefined && `is ${formatValue(equals)}`,
    given.in && `is ${given.in.map(formatValue).join(' or ')}`,
    hasBound(min, max) && boundsWords(`${min ?? ''}..${max ?? ''}`, numberWords),
    hasBound(from, to) && boundsWords(`${from ?? ''}..${to ?? ''}`, { from: 'from', to: 'up to' }),
  ]
  return `${path.join('.')} ${parts.filter(Boolean).join(', ')}`
}

function hasBound(min: unknown, max: unknown): boolean {
  return (min !== null && min !== undefined) || (max !== null && max !== undefined)
}
