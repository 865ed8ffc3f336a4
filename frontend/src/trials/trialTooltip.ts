import { formatMeasured, formatNumber, formatValue } from '../ui/format'
import { trialStateLabels } from './state'
import type { Trial } from './trial'

/** What the plot tells about one trial. Names and values come from people: everything is escaped. */
export function tooltipHtml(trial: Trial): string {
  const rows: (readonly [string, string, boolean])[] = [
    ...[...trial.values].map(
      ([name, value]) => [name, formatMeasured(value, trial.deviations.get(name)), true] as const,
    ),
    ...[...trial.metrics].map(([name, value]) => [name, formatNumber(value), false] as const),
    ...Object.entries(trial.point ?? {}).map(([name, value]) => [name, formatValue(value), false] as const),
  ]
  if (trial.excluded) rows.push(['excluded', trial.exclusionReason ?? 'yes', false])
  if (!trial.inSpace) rows.push(['outside', 'of the present space', false])
  if (trial.failureReason !== undefined) rows.push(['reason', trial.failureReason, false])
  const body = rows
    .map(([name, value, strong]) => {
      const cell = strong ? `<b>${escapeHtml(value)}</b>` : escapeHtml(value)
      return `<tr><td>${escapeHtml(name)}</td><td>${cell}</td></tr>`
    })
    .join('')
  return `<div class="plot-tip"><div>Trial ${trial.number} · ${trialStateLabels[trial.state].toLowerCase()}</div><table>${body}</table></div>`
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character)
}
