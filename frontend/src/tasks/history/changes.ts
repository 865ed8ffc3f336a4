import type { NameOf } from '../useTaskNames'
import { type Fact, factsOf, tasksIn } from './facts'
import { fieldTitle } from './words'

/** A field of a task before and after, as the log tells it. */
export interface ToldChange {
  readonly field: string
  readonly old?: unknown
  readonly new?: unknown
}

/** One line of what changed: a fact that is another, that came (no `old`), or that went (no `fresh`). */
export interface ChangeLine {
  readonly key: string
  readonly label: string
  readonly old: string | undefined
  readonly fresh: string | undefined
}

/** What a change of a field comes to, in words. */
export function changeLines({ field, old, new: fresh }: ToldChange, nameOf: NameOf): readonly ChangeLine[] {
  const before = factsOf(field, old, nameOf)
  const after = factsOf(field, fresh, nameOf)
  const lines = differences(field, before, after)
  const differ = JSON.stringify(old ?? null) !== JSON.stringify(fresh ?? null)
  // Such as the order of parameters, or a default that was told by one server and not by another.
  const untold = before.length > 0 && after.length > 0 && lines.length === 0 && differ
  return untold
    ? [{ key: field, label: fieldTitle(field), old: undefined, fresh: 'changed in its details' }]
    : lines
}

function differences(field: string, before: readonly Fact[], after: readonly Fact[]): ChangeLine[] {
  const olds = new Map(before.map((fact) => [fact.key, fact]))
  const news = new Map(after.map((fact) => [fact.key, fact]))
  const line = ({ key, label }: Fact): ChangeLine => ({
    key: `${field} ${key}`,
    label,
    old: olds.get(key)?.text,
    fresh: news.get(key)?.text,
  })
  return [...olds.values(), ...after.filter(({ key }) => !olds.has(key))]
    .map(line)
    .filter(({ old, fresh }) => old !== fresh)
}

const longestText = 160

/** A line as plain text: `temperature: 20 to 80 → 20 to 120`. */
export function lineText({ label, old, fresh }: ChangeLine): string {
  if (old === undefined) return `${label}: ${short(fresh ?? '')}`
  return `${label}: ${short(old)} → ${fresh === undefined ? 'none' : short(fresh)}`
}

export function short(text: string): string {
  return text.length > longestText ? `${text.slice(0, longestText)}…` : text
}

/** The ids of all tasks that some changes name. */
export function tasksNamed(changes: readonly ToldChange[]): readonly string[] {
  const ids = changes.flatMap(({ field, old, new: fresh }) => [
    ...tasksIn(field, old),
    ...tasksIn(field, fresh),
  ])
  return ids
}
