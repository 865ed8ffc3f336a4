/** Settings as the log tells them: JSON that an earlier server may have written, so nothing in it is taken for granted. */
export type Told = Readonly<Record<string, unknown>>

export function isTold(value: unknown): value is Told {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function toldList(value: unknown): readonly Told[] {
  return Array.isArray(value) ? value.filter(isTold) : []
}

export function toldNumber(value: unknown): number | null {
  return typeof value === 'number' ? value : null
}

/** The word of an enumeration as the page calls it; one that the page does not know as it is. */
export function toldWord(labels: Readonly<Record<string, string>>, value: unknown): string {
  return typeof value === 'string' && Object.hasOwn(labels, value) ? String(labels[value]) : String(value)
}
