import type { SpaceReportPartsFragment } from '../../gql/graphql'
import { formatCount } from '../../ui/format'

/** What a space makes of the trials that there are, in sentences. */
export function reportSentences(report: SpaceReportPartsFragment): string[] {
  const { results, outside, learned, waitingOutside, runningOutside } = report
  return [
    resultsSentence(results, outside),
    ...(outside > 0 ? [learnedSentence(outside, learned - (results - outside))] : []),
    ...(waitingOutside > 0
      ? [`${trials(waitingOutside, 'waiting')} outside: given up when the space changes.`]
      : []),
    ...(runningOutside > 0
      ? [`${trials(runningOutside, 'running')} outside: not stopped, and what comes of it is kept.`]
      : []),
  ]
}

function resultsSentence(results: number, outside: number): string {
  if (results === 0) return 'There are no results yet.'
  const all = formatCount(results)
  if (outside === 0)
    return results === 1 ? 'The one result lies in the space.' : `All ${all} results lie in the space.`
  if (results === 1)
    return 'The one result lies outside of the space: it is kept, but cannot be the best until the space holds it again.'
  const inside = formatCount(results - outside)
  const who = outside === results ? `None of ${all} results lies` : `${inside} of ${all} results lie`
  return `${who} in the space. What lies outside is kept, but cannot be the best until the space holds it again.`
}

function learnedSentence(outside: number, learned: number): string {
  if (learned >= outside) return 'Models still learn from all of those outside.'
  if (learned <= 0) return 'Models do not learn from those outside.'
  return `Models still learn from ${formatCount(learned)} of the ${formatCount(outside)} outside.`
}

function trials(count: number, state: string): string {
  return count === 1 ? `1 ${state} trial lies` : `${formatCount(count)} ${state} trials lie`
}

/** By what results lie outside, the most frequent first; one result may, by several. */
export function outsideBy(
  { byParameter, byConstraint, notCandidates }: SpaceReportPartsFragment,
  constraintText: (index: number) => string,
): (readonly [what: string, results: number])[] {
  return [
    ...byParameter.map(({ parameter, results }) => [parameter, results] as const),
    ...byConstraint.map(({ constraint, results }) => [constraintText(constraint), results] as const),
    ...(notCandidates > 0 ? [['no candidate', notCandidates] as const] : []),
  ].sort(([, a], [, b]) => b - a)
}
