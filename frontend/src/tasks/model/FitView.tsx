import { useMemo } from 'react'
import { useTheme } from '../../app/theme'
import type { ObjectiveModelPartsFragment } from '../../gql/graphql'
import type { TrialStore } from '../../trials/trialStore'
import { tooltipHtml } from '../../trials/trialTooltip'
import { useOpenTrial } from '../../trials/useOpenTrial'
import { Chart } from '../../ui/Chart'
import { formatNumber } from '../../ui/format'
import { fitOption } from './fitOption'
import styles from './Plot.module.css'

interface FitViewProps {
  model: ObjectiveModelPartsFragment
  store: TrialStore
}

/** How well the model predicts each result when it has not seen it. */
export function FitView({ model, store }: FitViewProps) {
  const theme = useTheme()
  const openTrial = useOpenTrial()
  const { crossValidation: points, rSquared, objective } = model
  const option = useMemo(
    () =>
      fitOption({
        points,
        theme,
        tooltip: (number) => {
          const trial = store.find(number)
          return trial ? tooltipHtml(trial) : ''
        },
      }),
    [points, theme, store],
  )
  const fit = rSquared === null ? '' : ` R² ${formatNumber(Number(rSquared.toFixed(2)))}.`
  return (
    <div data-testid="fit-plot">
      <p className={styles.note}>
        Each result, predicted from all the others, give or take two standard deviations. On the dashed line
        the prediction is right.
      </p>
      <figure
        className={styles.figure}
        aria-label={`${objective}: predicted over measured, of ${points.length} results.${fit}`}
      >
        <Chart
          option={option}
          height={320}
          onPick={([, , number]) => {
            if (number !== undefined) openTrial(number)
          }}
        />
        {points.length === 0 && (
          <figcaption className={styles.empty}>
            <span>No predictions yet</span>
          </figcaption>
        )}
      </figure>
    </div>
  )
}
