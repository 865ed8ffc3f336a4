import type {
  ImportancePartsFragment,
  ObjectiveModelPartsFragment,
  ParameterPartsFragment,
} from '../../gql/graphql'
import styles from './ImportanceView.module.css'
import { type ParameterWeight, weights } from './importance'

export interface Ranking {
  parameters: readonly ParameterPartsFragment[]
  objective: string
  importance: readonly ImportancePartsFragment[] | null
  /** What the model learned of the objective. */
  effects: ObjectiveModelPartsFragment | undefined
}

/** How much each parameter matters, by two accounts, as bars. */
export function ImportanceView({ parameters, objective, importance, effects }: Ranking) {
  const rows = weights(
    parameters.map(({ name }) => name),
    objective,
    importance,
    effects,
  )
  return (
    <div data-testid="importance">
      <ul className={styles.legend} aria-hidden="true">
        {importance && (
          <li
            data-bar="importance"
            title="fANOVA on a forest of trees: by how much the results differ because of it."
          >
            share of the differences between results
          </li>
        )}
        {effects && (
          <li data-bar="relevance" title="From the length scales of the model.">
            by the model’s own account
          </li>
        )}
      </ul>
      <table className={styles.table}>
        <caption className="visually-hidden">How much each parameter matters to {objective}</caption>
        <colgroup>
          <col className={styles.names} />
          <col />
        </colgroup>
        <thead className="visually-hidden">
          <tr>
            <th scope="col">Parameter</th>
            <th scope="col">Importance</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.parameter} data-parameter={row.parameter}>
              <th scope="row">{row.parameter}</th>
              <td>
                <Bars row={row} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {!importance && <p className={styles.note}>The importance follows when there are more results.</p>}
    </div>
  )
}

function Bars({ row }: { row: ParameterWeight }) {
  return (
    <>
      {(['importance', 'relevance'] as const).map((kind) => {
        const share = row[kind]
        if (share === undefined) return null
        return (
          <div key={kind} className={styles.line} data-bar={kind} title={titleOf(kind, row)}>
            <span className={styles.track}>
              <span style={{ width: `${Math.min(1, Math.max(0, share)) * 100}%` }} />
            </span>
            <span className={styles.share}>{percent(share)}</span>
          </div>
        )
      })}
    </>
  )
}

function titleOf(kind: 'importance' | 'relevance', { lengthScale }: ParameterWeight): string | undefined {
  if (kind === 'importance' || lengthScale === undefined) return undefined
  return `Length scale ${lengthScale.toPrecision(3)}: how far one must go along its range until the objective has changed.`
}

function percent(share: number): string {
  return share > 0 && share < 0.01 ? '< 1 %' : `${Math.round(share * 100)} %`
}
