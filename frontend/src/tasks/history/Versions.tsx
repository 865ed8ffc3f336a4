import type { TaskDetailFragment, VersionPartsFragment } from '../../gql/graphql'
import { explain } from '../../graphql/errors'
import { Ago } from '../../ui/Ago'
import { Button } from '../../ui/Button'
import { Card } from '../../ui/Card'
import { formatMoment } from '../../ui/format'
import { MoreIcon } from '../../ui/icons'
import { Menu, type MenuItem } from '../../ui/Menu'
import { Tag } from '../../ui/Tag'
import { type NameOf, useTaskNames } from '../useTaskNames'
import { ChangeLines } from './ChangeLines'
import { tasksNamed } from './changes'
import type { Look } from './look'
import { useVersions } from './useVersions'
import styles from './Versions.module.css'
import { versionTitle } from './words'

const linesAtFirst = 6

interface VersionsProps {
  task: TaskDetailFragment
  /** Up to two, to be compared. */
  picked: readonly number[]
  onPick: (picked: readonly number[]) => void
  onLook: (look: Look) => void
}

/** Every version that is kept, newest first. */
export function Versions({ task, picked, onPick, onLook }: VersionsProps) {
  const { versions, error, isPending, more, isReadingMore } = useVersions(task.id, task.version)
  const nameOf = useTaskNames(tasksNamed(versions.flatMap(({ changes }) => changes)))
  const oldest = versions.at(-1)
  const whole = oldest === undefined || oldest.kind === 'CREATED' || oldest.kind === 'IMPORTED'
  return (
    <Card
      title="Versions"
      flush
      testId="versions"
      extra={<Compare picked={picked} onPick={onPick} onLook={onLook} />}
    >
      {error && <p role="alert">{explain(error)}</p>}
      {isPending && (
        <p className={styles.note} role="status">
          Reading the history…
        </p>
      )}
      <ol className={styles.list}>
        {versions.map((version) => (
          <Version
            key={version.version}
            version={version}
            current={task.version}
            nameOf={nameOf}
            isPicked={picked.includes(version.version)}
            // The two last that were picked are the pair.
            onPick={(on) =>
              onPick(
                on
                  ? [...picked.slice(-1), version.version]
                  : picked.filter((other) => other !== version.version),
              )
            }
            onLook={onLook}
          />
        ))}
      </ol>
      {more ? (
        <div className={styles.note}>
          <Button small variant="quiet" disabled={isReadingMore} onClick={more}>
            Older versions
          </Button>
        </div>
      ) : (
        !whole && (
          <p className={styles.note} data-testid="compacted">
            What was before version {oldest.version} was compacted: it is not kept any more.
          </p>
        )
      )}
    </Card>
  )
}

function Compare({ picked, onPick, onLook }: Omit<VersionsProps, 'task'>) {
  const [from, to] = picked.toSorted((a, b) => a - b)
  if (from === undefined) return <span className={styles.hint}>Tick two to compare them</span>
  if (to === undefined) return <span className={styles.hint}>Version {from} and one more…</span>
  return (
    <span className={styles.compare}>
      <Button small variant="primary" onClick={() => onLook({ kind: 'difference', from, to })}>
        Compare {from} and {to}
      </Button>
      <Button small variant="quiet" onClick={() => onPick([])}>
        Clear
      </Button>
    </span>
  )
}

interface VersionProps {
  version: VersionPartsFragment
  /** Where the task is now. */
  current: number
  nameOf: NameOf
  isPicked: boolean
  onPick: (on: boolean) => void
  onLook: (look: Look) => void
}

function Version({ version: one, current, nameOf, isPicked, onPick, onLook }: VersionProps) {
  const { version, at, actor, kind, reason, changes } = one
  // Its title says it already.
  const told = kind === 'STATUS_CHANGED' ? changes.filter(({ field }) => field !== 'status') : changes
  return (
    <li
      className={styles.version}
      data-testid="version"
      data-version={version}
      aria-label={`Version ${version}`}
    >
      <label className={styles.pick}>
        <input
          type="checkbox"
          aria-label={`Compare version ${version}`}
          checked={isPicked}
          onChange={(event) => onPick(event.target.checked)}
        />
        <span className={styles.number}>{version}</span>
      </label>
      <div className={styles.body}>
        <div className={styles.head}>
          <h3>{versionTitle(one)}</h3>
          {version === current && <Tag tone="accent">now</Tag>}
          <span className={styles.meta}>
            {actor} · <Ago at={at} /> · <time dateTime={at}>{formatMoment(at)}</time>
          </span>
        </div>
        {reason !== null && <p className={styles.reason}>“{reason}”</p>}
        <ChangeLines changes={told} nameOf={nameOf} atFirst={linesAtFirst} />
      </div>
      <Menu
        label={`Actions for version ${version}`}
        icon={<MoreIcon />}
        items={actions(version, current, kind, onLook)}
      />
    </li>
  )
}

function actions(
  version: number,
  current: number,
  kind: VersionPartsFragment['kind'],
  onLook: (look: Look) => void,
): MenuItem[] {
  const past = version < current
  return [
    { label: 'The task as it was', onSelect: () => onLook({ kind: 'version', version }) },
    ...(past
      ? [
          {
            label: 'Compare with now',
            onSelect: () => onLook({ kind: 'difference', from: version, to: current }),
          },
          { label: 'Go back to this version…', onSelect: () => onLook({ kind: 'revert', to: version }) },
        ]
      : []),
    ...(kind === 'CREATED' || kind === 'IMPORTED' || version === 1
      ? []
      : [
          {
            label: 'Compare with the one before',
            onSelect: () => onLook({ kind: 'difference', from: version - 1, to: version }),
          },
        ]),
  ]
}
