import type { Theme } from '../../app/theme'
import { escapeHtml } from '../../trials/trialTooltip'
import { chartColors } from '../../ui/chartColors'
import type { ChartOption } from '../../ui/echarts'
import { formatExpected } from '../../ui/format'
import { type Axis, labelAt } from './axis'
import { type Colors, errorBar, numbersOf, parameterAxis, tooltipParts, valueAxis } from './plotParts'
import type { SlicePoint, SliceSeries } from './sliceSeries'

interface SliceData {
  series: SliceSeries
  axis: Axis
  objective: string
  theme: Theme
  tooltip: (trialNumber: number) => string
}

export function sliceOption({ series, axis, objective, theme, tooltip }: SliceData): ChartOption {
  const colors = chartColors(theme)
  const points = series.parts.flat()
  const faint = series.far.length > 400 ? 0.2 : 0.4
  return {
    animation: false,
    grid: { top: 14, right: 20, bottom: 34, left: 30, containLabel: true },
    tooltip: {
      ...tooltipParts,
      formatter: (shown) => {
        const [x = 0, mean = 0, third, fourth] = numbersOf(shown)
        if (fourth === undefined) return third === undefined ? '' : tooltip(third)
        return expected(axis, objective, x, mean, (fourth - mean) / 2)
      },
    },
    xAxis: { ...parameterAxis(axis, colors), nameGap: 28 },
    yAxis: { ...valueAxis(objective, colors), nameGap: 44 },
    series: [
      {
        type: 'custom',
        data: axis.choices ? [] : points.map((point) => [...point]),
        encode: { x: 0, y: [2, 3] },
        // The first point of each part draws all of it.
        renderItem: ({ dataIndex }, api) => {
          const part = series.parts.find(([first]) => first === points[dataIndex])
          return part && band(part, api.coord, colors)
        },
        silent: true,
        clip: true,
        z: 1,
      },
      {
        type: 'custom',
        data: axis.choices ? points.map((point) => [...point]) : [],
        renderItem: errorBar(colors, [0, 2, 3]),
        encode: { x: 0, y: [2, 3] },
        silent: true,
        z: 2,
      },
      {
        type: 'line',
        // A gap between the parts is a point without a value.
        data: axis.choices
          ? []
          : series.parts.flatMap((part) => [...part.map((point) => [...point]), ['-', '-']]),
        symbol: 'none',
        silent: true,
        lineStyle: { color: colors.accent, width: 2.25, join: 'round' },
        z: 3,
      },
      {
        // Large and unseen along a line: what the pointer finds.
        type: 'scatter',
        data: points.map((point) => [...point]),
        symbolSize: axis.choices ? 10 : 14,
        itemStyle: axis.choices
          ? { color: colors.accent, borderColor: colors.surface, borderWidth: 2 }
          : { color: colors.accent, opacity: 0 },
        emphasis: { itemStyle: { opacity: 0.35 } },
        z: 4,
      },
      {
        type: 'scatter',
        data: series.far.map((point) => [...point]),
        symbolSize: 6,
        progressive: 0,
        itemStyle: { color: 'transparent', borderColor: colors.ink3, borderWidth: 1, opacity: faint },
        z: 5,
      },
      {
        type: 'scatter',
        data: series.near.map((point) => [...point]),
        symbolSize: 8,
        progressive: 0,
        itemStyle: { color: colors.ink, opacity: 0.85, borderColor: colors.surface, borderWidth: 1 },
        z: 6,
      },
    ],
  }
}

function band(part: readonly SlicePoint[], coord: (place: number[]) => number[], colors: Colors) {
  const upper = part.map(([x, , , high]) => coord([x, high]))
  const lower = part.map(([x, , low]) => coord([x, low])).reverse()
  return {
    type: 'polygon' as const,
    shape: { points: [...upper, ...lower] as [number, number][] },
    style: { fill: colors.accent, opacity: 0.16 },
    silent: true,
  }
}

function expected(axis: Axis, objective: string, x: number, mean: number, deviation: number): string {
  const row = (name: string, text: string) =>
    `<tr><td>${escapeHtml(name)}</td><td>${escapeHtml(text)}</td></tr>`
  return `<div class="plot-tip"><div>Expected</div><table>${row(axis.name, labelAt(axis, x))}${row(
    objective,
    formatExpected(mean, deviation),
  )}</table></div>`
}
