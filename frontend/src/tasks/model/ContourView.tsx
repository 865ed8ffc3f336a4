import { useMemo, useState } from 'react'
import { useTheme } from '../../app/theme'
import type { ContourPartsFragment, TaskDetailFragment } from '../../gql/graphql'
import { explain } from '../../graphql/errors'
import type { TrialStore } from '../../trials/trialStore'
import { tooltipHtml } from '../../trials/trialTooltip'
import { useOpenTrial } from '../../trials/useOpenTrial'
import { drawingInterval, useTrials } from '../../trials/useTrials'
import { Chart } from '../../ui/Chart'
import { InlineSelect } from '../../ui/InlineSelect'
import { Segments } from '../../ui/Segments'
import { Around, Elsewhere, emptyText } from './Around'
import { axisOf } from './axis'
import { ColorScale } from './ColorScale'
import { contourOption } from './contourOption'
import { contourSeries, type Shown } from './contourSeries'
import type { Ranking } from './ImportanceView'
import { weights } from './importance'
import styles from './Plot.module.css'
import { useAround } from './useAround'
import { useContour } from './useModel'

const shownLabels: Readonly<Record<Shown, string>> = { means: 'Expected', deviations: 'Uncertainty' }

interface ContourViewProps extends Ranking {
  task: TaskDetailFragment
  store: TrialStore
  minimize: boolean
}

/** What the model expects over two parameters, all others staying as they are. */
export function ContourView({ task, store, minimize, ...ranking }: ContourViewProps) {
  const { parameters, objective, importance, effects } = ranking
  const names = parameters.map(({ name }) => name)
  const [chosen, setChosen] = useState<readonly [string?, string?]>([])
  const [shown, setShown] = useState<Shown>('means')
  const around = useAround(store)
  const ranked = weights(names, objective, importance, effects).map(({ parameter }) => parameter)
  const x = names.find((name) => name === chosen[0]) ?? ranked[0] ?? ''
  const y = names.find((name) => name === chosen[1] && name !== x) ?? ranked.find((name) => name !== x) ?? ''
  const query = useContour(task.id, x, y, around.point)
  const options = names.map((name) => [name, name] as const)
  return (
    <div data-testid="contour-plot">
      <div className={styles.controls}>
        {/* Choosing what the other axis shows swaps the two. */}
        <InlineSelect
          label="Across"
          value={x}
          options={options}
          onChange={(name) => setChosen(name === y ? [y, x] : [name, y])}
        />
        <InlineSelect
          label="Up"
          value={y}
          options={options}
          onChange={(name) => setChosen(name === x ? [y, x] : [x, name])}
        />
        <Around around={around} />
        <Segments label="Colours" options={shownLabels} value={shown} onChange={setShown} />
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
        <ContourPlot
          contour={query.data}
          parameters={parameters}
          objective={objective}
          minimize={minimize}
          shown={shown}
          store={store}
          stale={query.isPlaceholderData}
        />
      )}
    </div>
  )
}

interface ContourPlotProps {
  contour: ContourPartsFragment
  parameters: Ranking['parameters']
  objective: string
  minimize: boolean
  shown: Shown
  store: TrialStore
  stale: boolean
}

function ContourPlot(props: ContourPlotProps) {
  const { contour, parameters, objective, minimize, shown, store, stale } = props
  const { trials } = useTrials(store, drawingInterval(store.getSnapshot().trials.length))
  const theme = useTheme()
  const openTrial = useOpenTrial()
  const axes = useMemo(() => parameters.map(axisOf), [parameters])
  const across = axes.find(({ name }) => name === contour.x)
  const up = axes.find(({ name }) => name === contour.y)
  const series = useMemo(
    () => contourSeries(contour, objective, shown, trials, axes),
    [contour, objective, shown, trials, axes],
  )
  const option = useMemo(
    () =>
      across &&
      up &&
      contourOption({
        series,
        across,
        up,
        objective,
        minimize,
        shown,
        theme,
        tooltip: (number) => {
          const trial = store.find(number)
          return trial ? tooltipHtml(trial) : ''
        },
      }),
    [series, across, up, objective, minimize, shown, theme, store],
  )
  if (!across || !up || !option) return null
  const drawn = [across.name, up.name]
  return (
    <>
      {series.range && (
        <ColorScale
          range={series.range}
          objective={objective}
          minimize={minimize}
          shown={shown}
          theme={theme}
        />
      )}
      <figure
        className={styles.figure}
        data-stale={stale || undefined}
        aria-label={`${objective} over ${across.name} and ${up.name}, with ${series.near.length + series.far.length} trials.`}
      >
        <Chart
          key={`${across.name} ${across.log} ${up.name} ${up.log}`}
          option={option}
          height={360}
          onPick={([, , number, more]) => {
            if (number !== undefined && more === undefined) openTrial(number)
          }}
        />
        {series.cells.length === 0 && (
          <figcaption className={styles.empty}>
            <span>{emptyText(parameters, drawn)}</span>
          </figcaption>
        )}
      </figure>
      <p className={styles.note}>Filled dots were measured near this plane, hollow ones elsewhere.</p>
      <Elsewhere at={contour.at} drawn={drawn} />
    </>
  )
}
