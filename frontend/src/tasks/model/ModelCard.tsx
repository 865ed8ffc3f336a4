import { useState } from 'react'
import type { TaskDetailFragment } from '../../gql/graphql'
import { explain } from '../../graphql/errors'
import type { TrialStore } from '../../trials/trialStore'
import { Button } from '../../ui/Button'
import { Card } from '../../ui/Card'
import { Segments } from '../../ui/Segments'
import { ContourView } from './ContourView'
import { FitView } from './FitView'
import { ImportanceView } from './ImportanceView'
import styles from './ModelCard.module.css'
import { ModelFacts } from './ModelFacts'
import { SliceView } from './SliceView'
import { useModel } from './useModel'
import { type View, views } from './views'
import { noModelText } from './words'

interface ModelCardProps {
  task: TaskDetailFragment
  store: TrialStore
}

/** What the strategy has learned: which parameter matters, how well it predicts, and what it expects where. */
export function ModelCard({ task, store }: ModelCardProps) {
  const query = useModel(task.id)
  const [chosen, setChosen] = useState<string>()
  const objective = task.objectives.find(({ name }) => name === chosen) ?? task.objectives[0]
  if (!objective || !task.parameterSpace) return null
  const several = task.objectives.length > 1
  return (
    <Card
      title="Model"
      testId="model"
      extra={
        several &&
        query.data?.model && (
          <Segments
            label="Objective of the model"
            options={Object.fromEntries(task.objectives.map(({ name }) => [name, name]))}
            value={objective.name}
            onChange={setChosen}
          />
        )
      }
    >
      {query.data ? (
        <Learned task={task} store={store} learned={query.data} objective={objective} />
      ) : query.isError ? (
        <div className={styles.failed} role="alert">
          <p>The model could not be read: {explain(query.error)}</p>
          <Button small onClick={() => void query.refetch()}>
            Try again
          </Button>
        </div>
      ) : (
        <p className={styles.none} role="status">
          Reading the model…
        </p>
      )}
    </Card>
  )
}

interface LearnedProps extends ModelCardProps {
  learned: NonNullable<ReturnType<typeof useModel>['data']>
  objective: TaskDetailFragment['objectives'][number]
}

function Learned({ task, store, learned, objective }: LearnedProps) {
  const [view, setView] = useState<View>('importance')
  const { model, importance } = learned
  const parameters = task.parameterSpace?.parameters ?? []
  const effects = model?.objectives.find((one) => one.objective === objective.name)
  const ranking = { parameters, objective: objective.name, importance, effects }
  if (!model) {
    return (
      <>
        <p className={styles.reason} data-testid="no-model">
          {noModelText(
            task,
            store.getSnapshot().trials.findLast(({ proposal }) => proposal)?.proposal?.strategy,
          )}
        </p>
        {importance && <ImportanceView {...ranking} />}
      </>
    )
  }
  const offered = views(parameters.length)
  const shown = offered[view] === undefined ? 'importance' : view
  return (
    <>
      <ModelFacts task={task} model={model} objective={objective.name} />
      <div className={styles.views}>
        <Segments label="What to show of the model" options={offered} value={shown} onChange={setView} />
      </div>
      {shown === 'importance' && <ImportanceView {...ranking} />}
      {shown === 'fit' && effects && <FitView model={effects} store={store} />}
      {shown === 'slice' && <SliceView task={task} store={store} {...ranking} />}
      {shown === 'contour' && (
        <ContourView task={task} store={store} minimize={objective.direction === 'MINIMIZE'} {...ranking} />
      )}
    </>
  )
}
