import type { chartColors } from '../../ui/chartColors'
import type { ChartOption } from '../../ui/echarts'
import { formatNumber } from '../../ui/format'
import { type Axis, labelAt } from './axis'

export type Colors = ReturnType<typeof chartColors>
export type AxisOption = Extract<NonNullable<ChartOption['xAxis']>, { type?: unknown }>

export function axisText(colors: Colors) {
  return { color: colors.ink3, fontFamily: colors.font, fontSize: 12 }
}

/** A parameter along an axis of the plot. */
export function parameterAxis(axis: Axis, colors: Colors) {
  const { choices, low, high, log, whole } = axis
  return {
    ...(log ? { type: 'log' as const } : { type: 'value' as const }),
    min: low,
    max: high,
    ...(whole ? { minInterval: 1 } : {}),
    name: axis.name,
    nameLocation: 'middle' as const,
    nameTextStyle: axisText(colors),
    axisLabel: {
      ...axisText(colors),
      formatter: (place: number) => labelAt(axis, place),
      hideOverlap: true,
      ...(choices
        ? { customValues: choices.map((_, index) => index), width: 76, overflow: 'truncate' as const }
        : {}),
    },
    axisLine: { show: true, onZero: false, lineStyle: { color: colors.line2 } },
    axisTick: { show: !choices, lineStyle: { color: colors.line2 } },
    splitLine: { show: false },
  }
}

/** Values of an objective along an axis. */
export function valueAxis(name: string, colors: Colors) {
  return {
    type: 'value' as const,
    scale: true,
    name,
    nameLocation: 'middle' as const,
    nameTextStyle: axisText(colors),
    axisLabel: { ...axisText(colors), formatter: formatNumber, hideOverlap: true },
    axisLine: { show: true, onZero: false, lineStyle: { color: colors.line2 } },
    axisTick: { lineStyle: { color: colors.line2 } },
    splitLine: { lineStyle: { color: colors.line } },
    splitNumber: 5,
  }
}

/** The page's own tooltip; the text is made by `formatter`, which escapes what comes from people. */
export const tooltipParts = {
  trigger: 'item' as const,
  confine: true,
  padding: 0,
  borderWidth: 0,
  backgroundColor: 'transparent',
  extraCssText: 'box-shadow: none',
  transitionDuration: 0,
}

/** The numbers of what the pointer is on. */
export function numbersOf(shown: unknown): number[] {
  const one = Array.isArray(shown) ? shown[0] : shown
  const value = one !== null && typeof one === 'object' && 'value' in one ? one.value : undefined
  return Array.isArray(value) ? value.map(Number) : []
}

type RenderApi = {
  value: (dimension: number) => number | string
  coord: (place: number[]) => number[]
}

/** Draws a line from one value to another at the same place: how sure something is. */
export function errorBar(colors: Colors, [x, low, high]: readonly [number, number, number], opacity = 0.6) {
  return (_: unknown, api: RenderApi) => {
    const at = (dimension: number) => Number(api.value(dimension))
    const [left = 0, bottom = 0] = api.coord([at(x), at(low)])
    const [, top = 0] = api.coord([at(x), at(high)])
    return {
      type: 'path' as const,
      shape: {
        pathData: `M${left - 3},${bottom}h6M${left},${bottom}V${top}M${left - 3},${top}h6`,
      },
      style: { stroke: colors.accent, fill: 'none', lineWidth: 1.25, opacity },
      silent: true,
    }
  }
}
