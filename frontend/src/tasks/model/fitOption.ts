import type { Theme } from '../../app/theme'
import type { ObjectiveModelPartsFragment } from '../../gql/graphql'
import { chartColors } from '../../ui/chartColors'
import type { ChartOption } from '../../ui/echarts'
import { axisText, errorBar, numbersOf, tooltipParts, valueAxis } from './plotParts'

interface FitData {
  points: ObjectiveModelPartsFragment['crossValidation']
  theme: Theme
  tooltip: (trialNumber: number) => string
}

/** Each result as the model predicts it from all others, over what was measured. */
export function fitOption({ points, theme, tooltip }: FitData): ChartOption {
  const colors = chartColors(theme)
  const data = points.map(({ trial, measured, predicted, deviation }) => [
    measured,
    predicted,
    trial,
    predicted - 2 * deviation,
    predicted + 2 * deviation,
  ])
  const all = data.flatMap(([measured = 0, , , low = 0, high = 0]) => [measured, low, high])
  const ends = all.length === 0 ? [0, 1] : [all.reduce(min), all.reduce(max)]
  return {
    animation: false,
    grid: { top: 14, right: 22, bottom: 34, left: 30, containLabel: true },
    tooltip: {
      ...tooltipParts,
      formatter: (shown) => {
        const [, , trial] = numbersOf(shown)
        return trial === undefined ? '' : tooltip(trial)
      },
    },
    xAxis: { ...valueAxis('measured', colors), nameGap: 28, splitLine: { show: false } },
    yAxis: { ...valueAxis('predicted from the others', colors), nameGap: 44 },
    series: [
      {
        type: 'line',
        data: ends.map((end) => [end, end]),
        symbol: 'none',
        silent: true,
        lineStyle: { color: colors.line2, width: 1.5, type: 'dashed' },
        z: 1,
      },
      {
        type: 'custom',
        data,
        renderItem: errorBar(colors, [0, 3, 4], data.length > 150 ? 0.2 : 0.5),
        encode: { x: 0, y: [3, 4] },
        silent: true,
        z: 2,
      },
      {
        type: 'scatter',
        data,
        symbolSize: data.length > 400 ? 5 : 8,
        progressive: 0,
        itemStyle: { color: colors.accent, opacity: 0.9, borderColor: colors.surface, borderWidth: 1 },
        z: 3,
      },
    ],
    textStyle: axisText(colors),
  }
}

function min(a: number, b: number): number {
  return Math.min(a, b)
}

function max(a: number, b: number): number {
  return Math.max(a, b)
}
