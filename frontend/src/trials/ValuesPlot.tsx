import { useMemo } from 'react'
import { useTheme } from '../app/theme'
import type { Direction } from '../gql/graphql'
import { Chart } from '../ui/Chart'
import { formatNumber } from '../ui/format'
import { bestSoFar, completedPoints } from './bestSoFar'
import type { Trial } from './trial'
import { positionOf } from './trialStore'
import { tooltipHtml } from './trialTooltip'
import styles from './ValuesPlot.module.css'
import { type Scale, valuesPlotOption } from './valuesPlotOption'

export type { Scale }

interface ValuesPlotProps {
  trials: readonly Trial[]
  objective: { name: string; direction: Direction }
  showBest: boolean
  scale: Scale
}

export function ValuesPlot({ trials, objective, showBest, scale }: ValuesPlotProps) {
  const theme = useTheme()
  const completed = useMemo(() => completedPoints(trials, objective.name), [trials, objective.name])
  const best = useMemo(
    () => (showBest ? bestSoFar(completed, objective.direction) : []),
    [completed, objective.direction, showBest],
  )
  const designed = useMemo(
    () =>
      completedPoints(
        trials.filter(({ origin }) => origin === 'INITIAL_DESIGN'),
        objective.name,
      ),
    [trials, objective.name],
  )
  const failed = useMemo(
    () =>
      trials.filter(({ state }) => state === 'FAILED' || state === 'INFEASIBLE').map(({ number }) => number),
    [trials],
  )
  const option = useMemo(
    () =>
      valuesPlotOption({
        completed,
        designed,
        best,
        failed,
        scale,
        theme,
        lastNumber: trials.at(-1)?.number ?? 0,
        tooltip: (number) => {
          const trial = trials[positionOf(trials, number)]
          return trial?.number === number ? tooltipHtml(trial) : ''
        },
      }),
    [completed, designed, best, failed, scale, theme, trials],
  )
  const last = best.at(-1)
  const summary =
    `${completed.length} completed trials.` +
    (last ? ` Best ${objective.name} so far: ${formatNumber(last[1])}.` : '')

  return (
    <figure className={styles.figure} aria-label={`${objective.name} by trial. ${summary}`}>
      <Chart option={option} height={336} />
      {completed.length === 0 && <figcaption className={styles.empty}>No results yet</figcaption>}
    </figure>
  )
}
