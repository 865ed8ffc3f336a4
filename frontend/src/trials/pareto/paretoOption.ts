import type { Theme } from '../../app/theme'
import type { Direction } from '../../gql/graphql'
import { directionArrows } from '../../tasks/status'
import { chartColors } from '../../ui/chartColors'
import type { ChartOption } from '../../ui/echarts'
import { formatNumber } from '../../ui/format'
import { type ParetoPoint, type ParetoPoints, stairs } from './paretoPoints'

export interface Axis {
  readonly name: string
  readonly direction: Direction
}

interface ParetoData {
  points: ParetoPoints
  x: Axis
  y: Axis
  /** Whether the two are all objectives, so that the front is a line in this plane. */
  plane: boolean
  theme: Theme
  tooltip: (trialNumber: number) => string
}

const largeFrom = 2_000
/** From this many dots on, they lie on each other, and only faint ones show where there are more. */
const crowdedFrom = 20_000

export function paretoOption({ points, x, y, plane, theme, tooltip }: ParetoData): ChartOption {
  const colors = chartColors(theme)
  const axisText = { color: colors.ink3, fontFamily: colors.font, fontSize: 12 }
  const axis = ({ name, direction }: Axis) =>
    ({
      type: 'value',
      scale: true,
      name: `${name} ${directionArrows[direction]}`,
      nameLocation: 'middle',
      nameTextStyle: axisText,
      axisLabel: { ...axisText, formatter: formatNumber, hideOverlap: true },
      axisLine: { show: true, lineStyle: { color: colors.line2 } },
      axisTick: { lineStyle: { color: colors.line2 } },
      splitLine: { lineStyle: { color: colors.line } },
    }) as const
  const many = points.others.length > largeFrom
  const opacity = points.others.length > crowdedFrom ? 0.12 : many ? 0.35 : 0.5
  const size = many ? 3 : points.others.length > 400 ? 5 : 7
  const dots = (data: readonly ParetoPoint[]) => ({
    type: 'scatter' as const,
    data: data as [number, number, number][],
    large: data.length > largeFrom,
    progressive: 0,
  })
  return {
    animation: false,
    grid: { top: 16, right: 22, bottom: 34, left: 30, containLabel: true },
    tooltip: {
      trigger: 'item',
      confine: true,
      padding: 0,
      borderWidth: 0,
      backgroundColor: 'transparent',
      extraCssText: 'box-shadow: none',
      transitionDuration: 0,
      formatter: (shown) => {
        const { value } = Array.isArray(shown) ? (shown[0] ?? {}) : shown
        return Array.isArray(value) ? tooltip(Number(value[2])) : ''
      },
    },
    xAxis: { ...axis(x), nameGap: 28 },
    yAxis: { ...axis(y), nameGap: 44 },
    series: [
      {
        ...dots(points.others),
        symbolSize: size,
        itemStyle: { color: colors.ink3, opacity },
        z: 2,
      },
      {
        ...dots(points.leftOut),
        symbol: 'diamond',
        symbolSize: many ? 4 : size + 1,
        itemStyle: { color: 'transparent', borderColor: colors.warn, borderWidth: 1.25 },
        z: 2,
      },
      {
        type: 'line',
        data: plane ? stairs(points.front, [x.direction, y.direction]).map(([a, b]) => [a, b]) : [],
        symbol: 'none',
        silent: true,
        lineStyle: { color: colors.accent, width: 1.5, opacity: 0.55 },
        z: 3,
      },
      {
        ...dots(points.front),
        large: false,
        symbolSize: 10,
        itemStyle: { color: colors.accent, opacity: 1, borderColor: colors.surface, borderWidth: 1.5 },
        z: 4,
      },
    ],
  }
}
