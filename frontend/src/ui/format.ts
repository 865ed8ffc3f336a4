const shownDigits = 5
const plain = new Intl.NumberFormat('en', { maximumSignificantDigits: shownDigits, useGrouping: 'min2' })
const whole = new Intl.NumberFormat('en')

/** Five significant digits; scientific where plain digits would hide the size. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) {
    return value
      .toExponential(3)
      .replace(/\.?0+e/, 'e')
      .replace('e+', 'e')
      .replaceAll('-', '−')
  }
  return plain.format(value).replace('-', '−')
}

/** A value with its standard deviation, if that is known: `3.21 ± 0.04`. */
export function formatMeasured(value: number, deviation: number | null | undefined): string {
  const text = formatNumber(value)
  return deviation === null || deviation === undefined ? text : `${text} ± ${formatNumber(deviation)}`
}

/** What is expected, in no more digits than its uncertainty leaves any sense: `90.8 ± 1.2`. */
export function formatExpected(mean: number, deviation: number): string {
  if (!(deviation > 0) || !Number.isFinite(mean)) return formatNumber(mean)
  const decimals = Math.min(20, Math.max(0, 1 - Math.floor(Math.log10(deviation))))
  return `${formatNumber(Number(mean.toFixed(decimals)))} ± ${formatNumber(Number(deviation.toPrecision(2)))}`
}

export function formatCount(value: number): string {
  return whole.format(value)
}

/** Progress as `60 %`; 100 % only when all is done. */
export function formatShare(share: number): string {
  return `${Math.floor(share * 100)} %`
}

/** With a capital at its beginning and a stop at its end. */
export function asSentence(text: string): string {
  const trimmed = text.trim()
  const begun = trimmed.charAt(0).toUpperCase() + trimmed.slice(1)
  return begun === '' || /[.!?]$/.test(begun) ? begun : `${begun}.`
}

/** Any JSON value in one line. */
export function formatValue(value: unknown): string {
  if (typeof value === 'number') return formatNumber(value)
  if (typeof value === 'string') return value
  if (value === null || value === undefined) return '–'
  return JSON.stringify(value)
}

/** The same with all digits of a number: where a small difference is what matters. */
export function formatExact(value: unknown): string {
  const rounded = typeof value === 'number' && Number(value.toPrecision(shownDigits)) !== value
  return rounded ? String(value).replace('-', '−') : formatValue(value)
}

const units: readonly (readonly [seconds: number, unit: string])[] = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
]

/** The two largest units: `3 h 12 min`. */
export function formatDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000
  if (seconds < 1) return `${Math.max(0, Math.round(milliseconds))} ms`
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  let rest = Math.round(seconds)
  const parts: string[] = []
  for (const [size, unit] of units) {
    const count = Math.floor(rest / size)
    if (count > 0) parts.push(`${count} ${unit}`)
    else if (parts.length > 0) break
    rest -= count * size
    if (parts.length === 2) break
  }
  return parts.join(' ')
}

/** How long ago, roughly: `just now`, `4 min ago`. */
export function formatAgo(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  if (seconds < 5) return 'just now'
  for (const [size, unit] of units) {
    if (seconds >= size) return `${Math.floor(seconds / size)} ${unit} ago`
  }
  return 'just now'
}

/** A duration that still runs, in whole seconds. */
export function formatElapsed(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  return seconds < 10 ? `${seconds} s` : formatDuration(seconds * 1000)
}

const moments = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })

export function formatMoment(at: string): string {
  return moments.format(new Date(at))
}
