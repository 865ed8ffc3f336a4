import { useMemo } from 'react'
import { useTheme } from '../../app/theme'
import { Chart } from '../../ui/Chart'
import { chartColors } from '../../ui/chartColors'
import type { ChartOption } from '../../ui/echarts'
import { formatNumber } from '../../ui/format'
import type { TrialDetail } from './useTrialDetail'

interface ReportsProps {
  reports: TrialDetail['reports']
  objectives: readonly { readonly name: string }[]
}

/** The learning curve: what was reported on the way to the result, by step. */
export function Reports({ reports, objectives }: ReportsProps) {
  const theme = useTheme()
  const option = useMemo<ChartOption>(() => {
    const colors = chartColors(theme)
    const axisText = { color: colors.ink3, fontFamily: colors.font, fontSize: 12 }
    const strokes = [colors.accent, colors.ink3, colors.bad]
    return {
      animation: false,
      grid: { top: 12, right: 14, bottom: 26, left: 8, containLabel: true },
      tooltip: {
        trigger: 'axis',
        confine: true,
        backgroundColor: colors.surface,
        borderColor: colors.line,
        textStyle: { color: colors.ink, fontFamily: colors.font, fontSize: 12 },
        valueFormatter: (value) => (typeof value === 'number' ? formatNumber(value) : ''),
      },
      xAxis: {
        type: 'value',
        scale: true,
        name: 'step',
        nameLocation: 'middle',
        nameGap: 22,
        minInterval: 1,
        nameTextStyle: axisText,
        axisLabel: { ...axisText, hideOverlap: true },
        axisLine: { lineStyle: { color: colors.line2 } },
        splitLine: { show: false },
      },
      yAxis: {
        type: 'value',
        scale: true,
        axisLabel: { ...axisText, formatter: formatNumber },
        splitLine: { lineStyle: { color: colors.line } },
        splitNumber: 4,
      },
      series: objectives.map(({ name }, index) => ({
        type: 'line',
        name,
        data: reports.flatMap(({ step, values }) =>
          values.filter(({ objective }) => objective === name).map(({ value }) => [step, value]),
        ),
        symbolSize: reports.length > 60 ? 0 : 5,
        itemStyle: { color: strokes[index % strokes.length] ?? colors.accent },
        lineStyle: { width: 2 },
      })),
    }
  }, [reports, objectives, theme])
  const last = reports.at(-1)
  return (
    <figure
      aria-label={`${reports.length} reports, the last at step ${last?.step}`}
      data-testid="learning-curve"
    >
      <Chart option={option} height={180} />
    </figure>
  )
}
