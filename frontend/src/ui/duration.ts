const unitSeconds: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  sec: 1,
  second: 1,
  min: 60,
  m: 60,
  minute: 60,
  h: 3_600,
  hour: 3_600,
  d: 86_400,
  day: 86_400,
  w: 604_800,
  week: 604_800,
}

const shownUnits: readonly (readonly [seconds: number, unit: string])[] = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
]

/** A duration as people type it, in seconds: `90`, `5 min`, `1 h 30 min`, `0.5 s`. */
export function parseDuration(text: string): number | undefined {
  const parts = [
    ...text
      .trim()
      .toLowerCase()
      .matchAll(/\s*(\d+(?:[.,]\d+)?|[.,]\d+)\s*([a-z]*)\s*/gy),
  ]
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text.trim().toLowerCase())
    return undefined
  let seconds = 0
  for (const [, number = '', unit = ''] of parts) {
    // Only a number that stands alone goes without a unit.
    const size =
      unit === '' && parts.length === 1 ? 1 : (unitSeconds[unit] ?? unitSeconds[unit.replace(/s$/, '')])
    if (size === undefined) return undefined
    seconds += Number(number.replace(',', '.')) * size
  }
  return Math.round(seconds * 1e6) / 1e6
}

/** The whole duration, nothing rounded off: `1 h 30 min`, `90.5 s` as `1 min 30.5 s`. */
export function formatSeconds(seconds: number): string {
  let rest = seconds
  const parts: string[] = []
  for (const [size, unit] of shownUnits) {
    const count = Math.floor(rest / size)
    if (count > 0) parts.push(`${count} ${unit}`)
    rest -= count * size
  }
  rest = Math.round(rest * 1e6) / 1e6
  if (rest > 0 || parts.length === 0) parts.push(`${rest} s`)
  return parts.join(' ')
}
