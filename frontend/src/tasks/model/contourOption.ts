import type { Theme } from '../../app/theme'
import { escapeHtml } from '../../trials/trialTooltip'
import { chartColors } from '../../ui/chartColors'
import type { ChartOption } from '../../ui/echarts'
import { formatExpected } from '../../ui/format'
import { type Axis, labelAt } from './axis'
import { type Cell, type ContourSeries, colorAt, type Shown } from './contourSeries'
import { numbersOf, parameterAxis, tooltipParts } from './plotParts'

type Stops = readonly (readonly [number, number, number])[]

/** Viridis: even steps to the eye, also to eyes that see few colours. */
const meanStops: Stops = [
  [68, 1, 84],
  [71, 44, 122],
  [59, 81, 139],
  [44, 113, 142],
  [33, 144, 141],
  [39, 173, 129],
  [92, 200, 99],
  [170, 220, 50],
  [253, 231, 37],
]

const deviationStops: Readonly<Record<Theme, Stops>> = {
  light: [
    [248, 245, 239],
    [238, 190, 130],
    [176, 74, 20],
  ],
  dark: [
    [32, 28, 26],
    [140, 76, 34],
    [250, 178, 110],
  ],
}

export function stopsOf(shown: Shown, theme: Theme): Stops {
  return shown === 'means' ? meanStops : deviationStops[theme]
}

/** The colour of a value: bright is what is wanted, or what is not known. */
export function shade(
  value: number,
  [low, high]: readonly [number, number],
  { shown, minimize, theme }: { shown: Shown; minimize: boolean; theme: Theme },
): string {
  const share = high === low ? 0.5 : (value - low) / (high - low)
  return colorAt(stopsOf(shown, theme), shown === 'means' && minimize ? 1 - share : share)
}

interface ContourData {
  series: ContourSeries
  across: Axis
  up: Axis
  objective: string
  minimize: boolean
  shown: Shown
  theme: Theme
  tooltip: (trialNumber: number) => string
}

export function contourOption(data: ContourData): ChartOption {
  const { series, across, up, shown, theme, tooltip } = data
  const colors = chartColors(theme)
  const range = series.range ?? [0, 1]
  return {
    animation: false,
    // Words take up to 76 pixels, and the name stands left of them.
    grid: { top: 12, right: 20, bottom: 34, left: up.choices ? 52 : 30, containLabel: true },
    tooltip: {
      ...tooltipParts,
      formatter: (one) => {
        const numbers = numbersOf(one)
        const [, , trial] = numbers
        if (numbers.length < 6) return trial === undefined ? '' : tooltip(trial)
        return cellText(data, numbers as unknown as Cell)
      },
    },
    xAxis: { ...parameterAxis(across, colors), nameGap: 28 },
    yAxis: { ...parameterAxis(up, colors), nameGap: up.choices ? 94 : 44 },
    series: [
      {
        type: 'custom',
        data: series.cells.map((cell) => [...cell]),
        encode: { x: [0, 1], y: [2, 3] },
        progressive: 0,
        renderItem: (_, api) => {
          const at = (dimension: number) => Number(api.value(dimension))
          const [left = 0, bottom = 0] = api.coord([at(0), at(2)])
          const [right = 0, top = 0] = api.coord([at(1), at(3)])
          return {
            type: 'rect',
            // A little larger than the cell: no seams between neighbours.
            shape: { x: left, y: top, width: right - left + 0.6, height: bottom - top + 0.6 },
            style: { fill: shade(at(shown === 'means' ? 4 : 5), range, data) },
          }
        },
        clip: true,
        z: 1,
      },
      {
        type: 'scatter',
        data: series.far.map((dot) => [...dot]),
        symbolSize: 6,
        progressive: 0,
        itemStyle: {
          color: 'transparent',
          borderColor: '#fff',
          borderWidth: 1.25,
          shadowColor: '#000',
          shadowBlur: 2,
        },
        z: 2,
      },
      {
        type: 'scatter',
        data: series.near.map((dot) => [...dot]),
        symbolSize: 9,
        progressive: 0,
        itemStyle: { color: '#17201e', borderColor: '#fff', borderWidth: 1.5 },
        z: 3,
      },
    ],
  }
}

function cellText({ across, up, objective }: ContourData, cell: Cell): string {
  const [left, right, bottom, top, mean, deviation] = cell
  const rows = [
    [across.name, labelAt(across, middle(across, left, right))],
    [up.name, labelAt(up, middle(up, bottom, top))],
    [objective, formatExpected(mean, deviation)],
  ]
  const body = rows.map(
    ([name = '', text = '']) => `<tr><td>${escapeHtml(name)}</td><td>${escapeHtml(text)}</td></tr>`,
  )
  return `<div class="plot-tip"><div>Expected</div><table>${body.join('')}</table></div>`
}

function middle({ log, whole }: Axis, from: number, to: number): number {
  const place = log ? Math.sqrt(from * to) : (from + to) / 2
  return whole ? Math.round(place) : Number(place.toPrecision(4))
}
