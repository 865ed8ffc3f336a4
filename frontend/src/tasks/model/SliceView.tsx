import { useMemo, useState } from 'react'
import { useTheme } from '../../app/theme'
import type { SlicePartsFragment, TaskDetailFragment } from '../../gql/graphql'
import { explain } from '../../graphql/errors'
import type { TrialStore } from '../../trials/trialStore'
import { tooltipHtml } from '../../trials/trialTooltip'
import { useOpenTrial } from '../../trials/useOpenTrial'
import { drawingInterval, useTrials } from '../../trials/useTrials'
import { Chart } from '../../ui/Chart'
import { InlineSelect } from '../../ui/InlineSelect'
import { Around, Elsewhere, emptyText } from './Around'
import { axisOf, labelAt } from './axis'
import type { Ranking } from './ImportanceView'
import { weights } from './importance'
import styles from './Plot.module.css'
import { sliceOption } from './sliceOption'
import { type SliceSeries, sliceSeries } from './sliceSeries'
import { useAround } from './useAround'
import { useSlice } from './useModel'

interface SliceViewProps extends Ranking {
  task: TaskDetailFragment
  store: TrialStore
}

/** What the model expects along one parameter, all others staying as they are. */
export function SliceView({ task, store, ...ranking }: SliceViewProps) {
  const { parameters, objective, importance, effects } = ranking
  const names = parameters.map(({ name }) => name)
  const [chosen, setChosen] = useState<string>()
  const around = useAround(store)
  const first = weights(names, objective, importance, effects)[0]?.parameter ?? ''
  const parameter = chosen !== undefined && names.includes(chosen) ? chosen : first
  const query = useSlice(task.id, parameter, around.point)
  return (
    <div data-testid="slice-plot">
      <div className={styles.controls}>
        <InlineSelect
          label="Along"
          value={parameter}
          options={names.map((name) => [name, name])}
          onChange={setChosen}
        />
        <Around around={around} />
      </div>
      {query.isError ? (
        <p className={styles.note} role="alert">
          {explain(query.error)}
        </p>
      ) : query.data === undefined ? (
        <p className={styles.note} role="status">
          Reading…
        </p>
      ) : query.data === null ? (
        <p className={styles.note}>Not enough results yet.</p>
      ) : (
        <SlicePlot
          slice={query.data}
          parameters={parameters}
          objective={objective}
          store={store}
          stale={query.isPlaceholderData}
        />
      )}
    </div>
  )
}

interface SlicePlotProps {
  slice: SlicePartsFragment
  parameters: Ranking['parameters']
  objective: string
  store: TrialStore
  stale: boolean
}

function SlicePlot({ slice, parameters, objective, store, stale }: SlicePlotProps) {
  const { trials } = useTrials(store, drawingInterval(store.getSnapshot().trials.length))
  const theme = useTheme()
  const openTrial = useOpenTrial()
  const axes = useMemo(() => parameters.map(axisOf), [parameters])
  const axis = axes.find(({ name }) => name === slice.parameter)
  const series = useMemo(() => sliceSeries(slice, objective, trials, axes), [slice, objective, trials, axes])
  const option = useMemo(
    () =>
      axis &&
      sliceOption({
        series,
        axis,
        objective,
        theme,
        tooltip: (number) => {
          const trial = store.find(number)
          return trial ? tooltipHtml(trial) : ''
        },
      }),
    [series, axis, objective, theme, store],
  )
  if (!axis || !option) return null
  return (
    <>
      <ul className={styles.legend} aria-label="Legend">
        <li data-mark={axis.choices ? 'deviation' : 'mean'}>expected, ± 2 deviations</li>
        {series.near.length > 0 && <li data-mark="near">measured near here</li>}
        {series.far.length > 0 && <li data-mark="far">measured elsewhere</li>}
      </ul>
      <figure
        className={styles.figure}
        data-stale={stale || undefined}
        aria-label={`${objective} along ${axis.name}. ${summary(series, axis)}`}
      >
        <Chart
          // A log axis does not become a linear one in place.
          key={`${axis.name} ${axis.log}`}
          option={option}
          height={320}
          onPick={([, , number, more]) => {
            if (number !== undefined && more === undefined) openTrial(number)
          }}
        />
        {series.parts.length === 0 && (
          <figcaption className={styles.empty}>
            <span>{emptyText(parameters, [axis.name])}</span>
          </figcaption>
        )}
      </figure>
      <Elsewhere at={slice.at} drawn={[axis.name]} />
    </>
  )
}

function summary({ parts, near, far }: SliceSeries, axis: Parameters<typeof labelAt>[0]): string {
  const points = parts.flat()
  const [first] = points
  if (!first) return 'Nothing is expected here.'
  const low = points.reduce((a, b) => (b[1] < a[1] ? b : a), first)
  const high = points.reduce((a, b) => (b[1] > a[1] ? b : a), first)
  return `Expected lowest at ${labelAt(axis, low[0])}, highest at ${labelAt(axis, high[0])}. ${near.length + far.length} measured.`
}
