import type { ParameterPartsFragment } from '../../gql/graphql'
import { formatValue } from '../../ui/format'
import { conditionText } from '../space/words'
import styles from './Plot.module.css'
import type { useAround } from './useAround'
import type { Point } from './useModel'

/** Names the trial that a plot goes through. */
export function Around({ around }: { around: ReturnType<typeof useAround> }) {
  const { text, setText, unknown } = around
  return (
    <label className={styles.around}>
      Around trial{' '}
      <input
        inputMode="numeric"
        placeholder="the best point"
        aria-invalid={unknown || undefined}
        title={unknown ? 'There is no such trial.' : undefined}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
    </label>
  )
}

/** The values of the other parameters. */
export function Elsewhere({ at, drawn }: { at: Point; drawn: readonly string[] }) {
  const others = Object.entries(at).filter(([name, value]) => !drawn.includes(name) && value !== null)
  if (others.length === 0) return null
  return (
    <p className={styles.note} data-testid="around">
      With {others.map(([name, value]) => `${name} ${formatValue(value)}`).join(', ')}.
    </p>
  )
}

/** Why there may be nothing to draw. */
export function emptyText(parameters: readonly ParameterPartsFragment[], drawn: readonly string[]): string {
  const conditional = parameters.find(({ name, condition }) => condition && drawn.includes(name))
  if (!conditional) return 'The space has no point there.'
  return `${conditional.name} does not exist around this point: ${conditionText(conditional)}. Choose another trial.`
}
