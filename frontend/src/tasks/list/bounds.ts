/** Bounds as they stand in the address: `4..`, `..9` or `4..9`, themselves included. */
export interface Bounds {
  readonly min?: string
  readonly max?: string
}

export function parseBounds(text: string): Bounds {
  const at = text.indexOf('..')
  const [min, max] = at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 2)]
  return { ...(min !== '' && { min }), ...(max !== '' && { max }) }
}

export function boundsText({ min = '', max = '' }: Bounds): string {
  return min === '' && max === '' ? '' : `${min}..${max}`
}

/** The bounds that can be read; a text without any is none. */
export function validBounds(text: string, isValid: (one: string) => boolean): string {
  const { min = '', max = '' } = parseBounds(text)
  return boundsText({ min: isValid(min) ? min : '', max: isValid(max) ? max : '' })
}

export const isNumber = (text: string) => text.trim() !== '' && Number.isFinite(Number(text))

export const isWhole = (text: string) => /^[+-]?\d+$/.test(text) && (Number(text) | 0) === Number(text)

/** A day, such as `2026-11-23`, or a moment. */
export const isMoment = (text: string) => /^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(Date.parse(text))

export function numbersOf(text: string): { min?: number; max?: number } {
  const { min, max } = parseBounds(text)
  return { ...(min && { min: Number(min) }), ...(max && { max: Number(max) }) }
}

const isDay = (text: string) => text.length === 10

/** The moments that are meant by days: from the beginning of the one to the end of the other, where the reader is. */
export function momentsOf(text: string): { from?: string; to?: string } {
  const { min, max } = parseBounds(text)
  return { ...(min && { from: beginOf(min) }), ...(max && { to: endOf(max) }) }
}

function beginOf(moment: string): string {
  return new Date(isDay(moment) ? `${moment}T00:00:00` : moment).toISOString()
}

function endOf(moment: string): string {
  return new Date(isDay(moment) ? `${moment}T23:59:59.999` : moment).toISOString()
}

/** Days again, of moments that are just their beginning and end. */
export function daysOf({ from, to }: { from?: string | null; to?: string | null }): string {
  return boundsText({ min: dayIf(from, beginOf), max: dayIf(to, endOf) })
}

function dayIf(moment: string | null | undefined, edge: (day: string) => string): string {
  if (!moment) return ''
  const at = new Date(moment)
  const two = (part: number) => String(part).padStart(2, '0')
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  return edge(day) === at.toISOString() ? day : moment
}

export const numberWords = { from: 'at least', to: 'at most' }

/** For people: `at least 4`, `up to 9`, `4 to 9`. */
export function boundsWords(text: string, words: { from: string; to: string }): string {
  const { min, max } = parseBounds(text)
  if (min && max) return min === max ? min : `${min} to ${max}`
  return min ? `${words.from} ${min}` : `${words.to} ${max}`
}
