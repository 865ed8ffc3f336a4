import type { Theme } from '../app/theme'
import { chartColors } from '../ui/chartColors'
import type { ChartOption } from '../ui/echarts'
import { formatNumber } from '../ui/format'
import type { ChartPoint } from './bestSoFar'

type Pair = [number, number]

export type Scale = 'linear' | 'log'

interface ValuesPlotData {
  /** All completed trials, those of the initial design among them. */
  completed: readonly ChartPoint[]
  /** Completed, but excluded or not feasible. */
  leftOut: readonly ChartPoint[]
  /** Completed, but not in the space that the task has now. */
  outside: readonly ChartPoint[]
  designed: readonly ChartPoint[]
  best: readonly ChartPoint[]
  failed: readonly number[]
  lastNumber: number
  scale: Scale
  theme: Theme
  tooltip: (trialNumber: number) => string
}

/** From this many dots on, they are drawn in one go without an object for each. */
const largeFrom = 2_000
/** From this many dots on, they lie on each other, and only faint ones show where there are more. */
const crowdedFrom = 20_000
const logAxis = { type: 'log' } as const
/** Room below the lowest value: a lane for the failed trials, and for a best line that goes down. */
const linearAxis = {
  type: 'value',
  scale: true,
  min: ({ min, max }: { min: number; max: number }) => min - 0.07 * (max - min || 1),
} as const
const cross = 'path://M1,0L5,4L9,0L10,1L6,5L10,9L9,10L5,6L1,10L0,9L4,5L0,1Z'

export function valuesPlotOption(data: ValuesPlotData): ChartOption {
  const colors = chartColors(data.theme)
  const drawable = (points: readonly ChartPoint[]) =>
    (data.scale === 'linear' ? points : points.filter(([, value]) => value > 0)) as Pair[]
  const designedNumbers = new Set(data.designed.map(([number]) => number))
  const designed = drawable(data.designed)
  const proposed = drawable(data.completed.filter(([number]) => !designedNumbers.has(number)))
  const count = designed.length + proposed.length
  const axisText = { color: colors.ink3, fontFamily: colors.font, fontSize: 12 }
  const many = count > largeFrom
  const size = many ? 3 : count > 400 ? 5 : 7
  const opacity = count > crowdedFrom ? 0.15 : many ? 0.4 : 0.55
  const manyFailed = data.failed.length > largeFrom
  const bestLine = drawable(data.best)
  // The last corner only carries the line on to the last trial.
  const bestTrial = bestLine.findLast(([, value], index) => index === 0 || value !== bestLine[index - 1]?.[1])
  return {
    animation: false,
    grid: { top: 16, right: 18, bottom: 30, left: 14, containLabel: true },
    tooltip: {
      trigger: 'axis',
      axisPointer: {
        type: 'line',
        lineStyle: { color: colors.line2, type: 'solid' },
        label: { show: false },
      },
      confine: true,
      padding: 0,
      borderWidth: 0,
      backgroundColor: 'transparent',
      extraCssText: 'box-shadow: none',
      transitionDuration: 0,
      formatter: (shown) => {
        const list = Array.isArray(shown) ? shown : [shown]
        // The dot or cross under the pointer, rather than a corner of the line.
        const mark = list.find((one) => one.seriesType === 'scatter')
        const place = mark?.value
        return Array.isArray(place) ? data.tooltip(Number(place[0])) : ''
      },
    },
    dataZoom: [
      {
        type: 'inside',
        xAxisIndex: 0,
        filterMode: 'none',
        zoomOnMouseWheel: 'ctrl',
        moveOnMouseWheel: false,
      },
    ],
    xAxis: {
      type: 'value',
      name: 'trial',
      nameLocation: 'middle',
      nameGap: 26,
      nameTextStyle: axisText,
      min: 0,
      max: Math.max(10, data.lastNumber + 1),
      minInterval: 1,
      axisLabel: { ...axisText, hideOverlap: true, showMaxLabel: false },
      axisLine: { lineStyle: { color: colors.line2 } },
      axisTick: { lineStyle: { color: colors.line2 } },
      splitLine: { show: false },
    },
    yAxis: [
      {
        ...(data.scale === 'log' ? logAxis : linearAxis),
        axisLabel: {
          ...axisText,
          formatter: formatNumber,
          showMinLabel: data.scale === 'log',
        },
        axisLine: { show: false },
        axisTick: { show: false },
        splitLine: { lineStyle: { color: colors.line } },
        splitNumber: 5,
      },
      // Failed trials have no value: they are marked along the bottom.
      { type: 'value', min: 0, max: 1, show: false },
    ],
    series: [
      {
        type: 'scatter',
        data: proposed,
        symbolSize: size,
        large: true,
        progressive: 0,
        largeThreshold: largeFrom,
        itemStyle: { color: colors.ink3, opacity },
        emphasis: { scale: 1.5, itemStyle: { color: colors.accent, opacity: 1 } },
        z: 2,
      },
      {
        type: 'scatter',
        data: designed,
        symbolSize: size,
        large: true,
        progressive: 0,
        largeThreshold: largeFrom,
        itemStyle: many
          ? { color: colors.ink3, opacity }
          : { color: 'transparent', borderColor: colors.ink3, borderWidth: 1.25, opacity: 0.8 },
        z: 2,
      },
      {
        type: 'scatter',
        data: drawable(data.leftOut),
        symbol: 'diamond',
        symbolSize: many ? 4 : size + 1,
        large: data.leftOut.length > largeFrom,
        progressive: 0,
        itemStyle: { color: 'transparent', borderColor: colors.warn, borderWidth: 1.25 },
        z: 2,
      },
      {
        type: 'scatter',
        data: drawable(data.outside),
        symbol: 'rect',
        symbolSize: many ? 3 : size,
        large: data.outside.length > largeFrom,
        progressive: 0,
        itemStyle: {
          color: 'transparent',
          borderColor: colors.ink3,
          borderWidth: 1,
          opacity: 0.7,
        },
        z: 2,
      },
      {
        type: 'scatter',
        data: data.failed.map((number) => [number, 0.025]),
        yAxisIndex: 1,
        symbol: cross,
        // Below 4, large mode draws plain rectangles; thousands of overlapping crosses in one path take seconds.
        symbolSize: manyFailed ? 3 : many ? 5 : 7,
        large: manyFailed,
        progressive: 0,
        itemStyle: { color: colors.bad },
        z: 2,
      },
      {
        type: 'line',
        step: 'end',
        data: bestLine,
        symbol: 'none',
        silent: true,
        lineStyle: { color: colors.accent, width: 2.25, join: 'round' },
        z: 3,
      },
      {
        type: 'scatter',
        data: bestTrial ? [bestTrial] : [],
        symbolSize: 11,
        silent: true,
        tooltip: { show: false },
        itemStyle: { color: colors.accent, opacity: 1, borderColor: colors.surface, borderWidth: 2 },
        z: 4,
      },
    ],
  }
}
