import type { PreviewSpaceChangeQuery, SpaceConstraintPartsFragment } from '../../gql/graphql'
import type { Complete } from '../../graphql/request'
import { formatCount } from '../../ui/format'
import { outsideBy, reportSentences } from './report'
import styles from './SpaceImpact.module.css'
import { constraintText } from './words'

type Preview = Complete<PreviewSpaceChangeQuery>['spaceChangePreview']

interface SpaceImpactProps {
  /** Left out where they are told already. */
  changes?: Preview['changes']
  report: Preview['report']
  /** Of the space that is previewed. */
  constraints: readonly SpaceConstraintPartsFragment[]
}

/** What becomes of earlier results in another space. */
export function SpaceImpact({ changes = [], report, constraints }: SpaceImpactProps) {
  return (
    <div className={styles.impact} data-testid="space-impact">
      {changes.length > 0 && (
        <ul className={styles.changes}>
          {changes.map(({ message }) => (
            <li key={message}>{message}</li>
          ))}
        </ul>
      )}
      <SpaceReportText report={report} constraints={constraints} />
    </div>
  )
}

interface SpaceReportTextProps {
  report: Preview['report']
  constraints: readonly SpaceConstraintPartsFragment[]
}

/** How many results lie in a space, and by what the others lie outside. */
export function SpaceReportText({ report, constraints }: SpaceReportTextProps) {
  const textAt = (index: number) => {
    const constraint = constraints[index]
    return constraint ? constraintText(constraint) : `constraint ${index + 1}`
  }
  const outside = outsideBy(report, textAt)
  return (
    <>
      {reportSentences(report).map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      {outside.length > 0 && (
        <p className={styles.by}>
          Outside by {outside.map(([what, results]) => `${what} (${formatCount(results)})`).join(', ')}.
        </p>
      )}
    </>
  )
}
