import { lazy, type ReactNode, Suspense } from 'react'
import type { TaskDetailFragment } from '../../gql/graphql'
import { explain } from '../../graphql/errors'
import { Ago } from '../../ui/Ago'
import { Button } from '../../ui/Button'
import { CodeBlock } from '../../ui/CodeBlock'
import { Dialog } from '../../ui/Dialog'
import { formatMeasured, formatNumber } from '../../ui/format'
import { brokenConstraints, constraintText } from '../feasible'
import type { TrialActions } from '../hands/useTrialActions'
import { LeaseTime } from '../LeaseTime'
import { PointList } from '../PointList'
import { trialOriginLabels, trialStateLabels, trialStateMeanings } from '../state'
import { TrialMarks } from '../TrialMarks'
import type { Trial } from '../trial'
import type { TrialStore } from '../trialStore'
import { useFreshRows } from '../useFreshRows'
import { useTrials } from '../useTrials'
import { Artifacts, AttachedResults, Attempts, Corrections } from './History'
import styles from './TrialDialog.module.css'
import { type TrialDetail, useTrialDetail } from './useTrialDetail'
import { WhyThisPoint } from './WhyThisPoint'

const Reports = lazy(() => import('./Reports').then((module) => ({ default: module.Reports })))

interface TrialDialogProps {
  task: TaskDetailFragment
  store: TrialStore
  number: number
  front: ReadonlySet<number>
  actions: TrialActions
  onClose: () => void
}

/** All about one trial; it has an address of its own. */
export function TrialDialog({ task, store, number, front, actions, onClose }: TrialDialogProps) {
  const { complete } = useTrials(store)
  const trial = store.find(number)
  if (trial) {
    return <Known task={task} store={store} trial={trial} front={front} actions={actions} onClose={onClose} />
  }
  return (
    <Dialog title={`Trial ${number}`} onClose={onClose} actions={<Button onClick={onClose}>Close</Button>}>
      <p role="status">{complete ? 'This task has no such trial.' : 'Reading the trials…'}</p>
    </Dialog>
  )
}

type KnownProps = Omit<TrialDialogProps, 'number'> & { trial: Trial }

function Known({ task, store, trial, front, actions, onClose }: KnownProps) {
  const query = useTrialDetail(`${task.id}:${trial.number}`, trial.sequence)
  useFreshRows(store, task.id, [trial.number])
  const detail = query.data?.trial
  return (
    <Dialog
      wide
      title={
        <>
          Trial {trial.number}{' '}
          <span className={styles.state} data-state={trial.state} title={trialStateMeanings[trial.state]}>
            {trialStateLabels[trial.state]}
          </span>
          <span className={styles.marks}>
            <TrialMarks
              trial={trial}
              isBest={trial.number === task.bestTrial?.number}
              onFront={front.has(trial.number)}
              constraints={task.constraints}
            />
          </span>
        </>
      }
      onClose={onClose}
      testId="trial-detail"
      actions={
        <>
          {actions.items(trial).map(({ action, label, onSelect }) => (
            <Button key={action} onClick={onSelect}>
              {label}
            </Button>
          ))}
          <Button variant="primary" onClick={onClose} data-autofocus>
            Close
          </Button>
        </>
      }
    >
      <Section title="Point">
        <PointList point={trial.point ?? {}} />
        {trial.planned && (
          <>
            <p className={styles.quiet}>Executed otherwise than planned. The planned point was:</p>
            <PointList point={trial.planned} />
          </>
        )}
        <MadeUnder task={task} trial={trial} version={detail?.spaceVersion} />
      </Section>
      <Result task={task} trial={trial} />
      {trial.state === 'RUNNING' && trial.lease && (
        <Section title="Lease">
          <p>
            {trial.lease.worker ?? 'A worker without a name'} · <LeaseTime lease={trial.lease} /> · token{' '}
            {trial.lease.token}
          </p>
        </Section>
      )}
      {query.isError && <p role="alert">{explain(query.error)}</p>}
      {detail ? (
        <Detail task={task} trial={trial} detail={detail} />
      ) : (
        !query.isError && <p className={styles.quiet}>Reading the history…</p>
      )}
    </Dialog>
  )
}

interface MadeUnderProps {
  task: TaskDetailFragment
  trial: Trial
  version: number | undefined
}

/** Under which version of the space the point was made, where there have been several. */
function MadeUnder({ task, trial, version }: MadeUnderProps) {
  if (version === undefined || (task.spaceVersion === 1 && trial.inSpace)) return null
  return (
    <p className={styles.quiet} data-testid="space-version">
      Made under version {version} of the space, which is now at {task.spaceVersion}.
      {!trial.inSpace && ' The point lies outside of it: its result is kept, but cannot be the best.'}
    </p>
  )
}

function Detail({ task, trial, detail }: { task: TaskDetailFragment; trial: Trial; detail: TrialDetail }) {
  return (
    <>
      {detail.proposal && (
        <Section title="Why this point">
          <WhyThisPoint proposal={detail.proposal} trial={trial} single={task.objectives.length === 1} />
        </Section>
      )}
      {detail.reports.length > 0 && (
        <Section title="On the way">
          <Suspense fallback={<div className={styles.curve} />}>
            <Reports reports={detail.reports} objectives={task.objectives} />
          </Suspense>
        </Section>
      )}
      {detail.attempts.length > 0 && (
        <Section title="Attempts">
          <Attempts attempts={detail.attempts} />
        </Section>
      )}
      {detail.attachedResults.length > 0 && (
        <Section title="Results that do not count">
          <AttachedResults results={detail.attachedResults} />
        </Section>
      )}
      {detail.corrections.length > 0 && (
        <Section title="Corrections">
          <Corrections corrections={detail.corrections} />
        </Section>
      )}
      {detail.artifacts.length > 0 && (
        <Section title="Artifacts">
          <Artifacts artifacts={detail.artifacts} />
        </Section>
      )}
      <Section title="Data">
        <p className={styles.quiet}>
          {trial.origin && `${trialOriginLabels[trial.origin]} · `}planned <Ago at={detail.createdAt} />
          {trial.finishedAt !== undefined && (
            <>
              {' '}
              · ended <Ago at={trial.finishedAt} />
            </>
          )}
        </p>
        <CodeBlock code={JSON.stringify(trial.point ?? {})} label="Copy the point" />
        {Object.keys(detail.metadata).length > 0 && (
          <CodeBlock code={JSON.stringify(detail.metadata, null, 2)} label="Copy the metadata" />
        )}
      </Section>
    </>
  )
}

function Result({ task, trial }: { task: TaskDetailFragment; trial: Trial }) {
  if (trial.values.size === 0 && trial.metrics.size === 0 && trial.failureReason === undefined) return null
  const broken = brokenConstraints(trial, task.constraints)
  return (
    <Section title="Result">
      {trial.values.size > 0 && (
        <dl className={styles.values} data-excluded={trial.excluded || undefined}>
          {task.objectives.map(({ name }) => {
            const value = trial.values.get(name)
            return (
              value !== undefined && (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd title={String(value)}>{formatMeasured(value, trial.deviations.get(name))}</dd>
                </div>
              )
            )
          })}
        </dl>
      )}
      {trial.metrics.size > 0 && (
        <p>
          <span className={styles.quiet}>Metrics:</span>{' '}
          {[...trial.metrics].map(([name, value]) => `${name} = ${formatNumber(value)}`).join(', ')}
        </p>
      )}
      {broken.length > 0 && <p>Infeasible: wanted is {broken.map(constraintText).join(', ')}.</p>}
      {trial.excluded && <p>Excluded: {trial.exclusionReason ?? 'no reason was given'}</p>}
      {trial.failureReason !== undefined && <p className={styles.reason}>{trial.failureReason}</p>}
    </Section>
  )
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={styles.section} aria-label={title}>
      <h3>{title}</h3>
      {children}
    </section>
  )
}
