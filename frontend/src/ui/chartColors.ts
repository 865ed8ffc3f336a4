import type { Theme } from '../app/theme'

/** The design tokens, as a canvas needs them; `theme` is what makes the reader read them again. */
export function chartColors(_theme: Theme) {
  const tokens = getComputedStyle(document.documentElement)
  const token = (name: string) => tokens.getPropertyValue(name).trim()
  return {
    font: token('--font'),
    ink: token('--ink'),
    ink2: token('--ink-2'),
    ink3: token('--ink-3'),
    line: token('--line'),
    line2: token('--line-2'),
    accent: token('--accent'),
    bad: token('--bad'),
    warn: token('--warn'),
    surface: token('--surface'),
  }
}
