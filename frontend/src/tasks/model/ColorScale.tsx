import type { Theme } from '../../app/theme'
import { formatNumber } from '../../ui/format'
import { shade } from './contourOption'
import type { Shown } from './contourSeries'
import styles from './Plot.module.css'

interface ColorScaleProps {
  range: readonly [number, number]
  objective: string
  minimize: boolean
  shown: Shown
  theme: Theme
}

const steps = 24

/** What the colours of a heat map mean. */
export function ColorScale({ range, objective, minimize, shown, theme }: ColorScaleProps) {
  const [low, high] = range
  const colors = Array.from({ length: steps + 1 }, (_, step) =>
    shade(low + (step / steps) * (high - low), [low, high === low ? low + 1 : high], {
      shown,
      minimize,
      theme,
    }),
  )
  const what = shown === 'means' ? objective : `deviation of ${objective}`
  return (
    <div className={styles.scale} role="img" aria-label={`Colours: ${what} from ${low} to ${high}`}>
      <span>
        {what} {formatNumber(round(low))}
      </span>
      <span className={styles.ramp} style={{ background: `linear-gradient(90deg, ${colors.join(',')})` }} />
      <span>{formatNumber(round(high))}</span>
    </div>
  )
}

function round(value: number): number {
  return Number(value.toPrecision(3))
}
