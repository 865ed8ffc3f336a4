import { isWithin, type Problems } from '../../graphql/problems'
import { placedPaths } from '../settings/EditSettings'
import { spacePaths, wholePaths } from '../space/problems'
import { strategyPaths } from '../strategy/StrategyEditor'
import type { TaskDraft } from './form'

const simplePaths = ['name', 'description', 'metadata', 'objectives', ...wholePaths]

/** Fields that show the problems of all that is inside them, too. */
const withinPaths = ['metadata', ...strategyPaths, ...Object.values(placedPaths).flat()]

/** Problems at paths for which the page has no field: they are told at the end of the form. */
export function unplacedProblems(problems: Problems, draft: TaskDraft): string[] {
  const placed = [...withinPaths, ...spacePaths(draft.space)]
  const shown = (path: string) =>
    simplePaths.includes(path) ||
    placed.some((parent) => isWithin(path, parent)) ||
    draft.objectives.some((_, index) => isWithin(path, `objectives.${index}`))
  return [...problems].filter(([path]) => !shown(path)).map(([path, text]) => `${path}: ${text}`)
}
