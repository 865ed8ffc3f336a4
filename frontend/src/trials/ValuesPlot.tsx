import { useMemo } from 'react'
import { useTheme } from '../app/theme'
import type { ConstraintPartsFragment, Direction } from '../gql/graphql'
import { Chart } from '../ui/Chart'
import { formatNumber } from '../ui/format'
import { bestSoFar, completedPoints } from './bestSoFar'
import type { Trial } from './trial'
import { positionOf } from './trialStore'
import { tooltipHtml } from './trialTooltip'
import { useOpenTrial } from './useOpenTrial'
import styles from './ValuesPlot.module.css'
import { type Scale, valuesPlotOption } from './valuesPlotOption'

export type { Scale }

interface ValuesPlotProps {
  trials: readonly Trial[]
  objective: { name: string; direction: Direction }
  constraints: readonly ConstraintPartsFragment[]
  showBest: boolean
  scale: Scale
}

export function ValuesPlot({ trials, objective, constraints, showBest, scale }: ValuesPlotProps) {
  const theme = useTheme()
  const openTrial = useOpenTrial()
  const completed = useMemo(
    () => completedPoints(trials, objective.name, constraints),
    [trials, objective.name, constraints],
  )
  const leftOut = useMemo(
    () => completedPoints(trials, objective.name, constraints, 'left out'),
    [trials, objective.name, constraints],
  )
  const outside = useMemo(
    () => completedPoints(trials, objective.name, constraints, 'outside'),
    [trials, objective.name, constraints],
  )
  const best = useMemo(
    () => (showBest ? bestSoFar(completed, objective.direction) : []),
    [completed, objective.direction, showBest],
  )
  const designed = useMemo(
    () =>
      completedPoints(
        trials.filter(({ origin }) => origin === 'INITIAL_DESIGN'),
        objective.name,
        constraints,
      ),
    [trials, objective.name, constraints],
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
        leftOut,
        outside,
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
    [completed, leftOut, outside, designed, best, failed, scale, theme, trials],
  )
  const last = best.at(-1)
  const summary =
    `${completed.length} completed trials.` +
    (outside.length > 0 ? ` ${outside.length} more outside of the present space.` : '') +
    (last ? ` Best ${objective.name} so far: ${formatNumber(last[1])}.` : '')

  return (
    <figure className={styles.figure} aria-label={`${objective.name} by trial. ${summary}`}>
      <Chart option={option} height={336} onPick={([number]) => openTrial(number)} />
      {completed.length + leftOut.length + outside.length === 0 && (
        <figcaption className={styles.empty}>No results yet</figcaption>
      )}
    </figure>
  )
}
