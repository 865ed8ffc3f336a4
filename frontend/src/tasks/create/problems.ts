import { isWithin, type Problems } from '../../graphql/problems'
import { placedPaths } from '../settings/EditSettings'
import type { TaskDraft } from './form'
import { parameterPath } from './toInput'

const simplePaths = [
  'name',
  'description',
  'metadata',
  'parameterSpace.parameters',
  'objectives',
  'strategy.kind',
  'strategy.seed',
  'strategy.initialDesign.method',
  'strategy.initialDesign.count',
]

/** Fields that show the problems of all that is inside them, too. */
const withinPaths = ['metadata', ...Object.values(placedPaths).flat()]

/** Problems at paths for which the page has no field: they are told at the end of the form. */
export function unplacedProblems(problems: Problems, draft: TaskDraft): string[] {
  const shown = (path: string) =>
    simplePaths.includes(path) ||
    withinPaths.some((parent) => isWithin(path, parent)) ||
    draft.objectives.some((_, index) => isWithin(path, `objectives.${index}`)) ||
    draft.parameters.some((_, index) => isWithin(path, parameterPath(index)))
  return [...problems].filter(([path]) => !shown(path)).map(([path, text]) => `${path}: ${text}`)
}

/** Problems of a row as a whole: at the row's own path or at a part of it that has no field. */
export function rowProblem(problems: Problems, path: string, fields: readonly string[]): string | undefined {
  const texts = [...problems]
    .filter(([at]) => isWithin(at, path) && !fields.some((field) => isWithin(at, `${path}.${field}`)))
    .map(([, text]) => text)
  return texts.length > 0 ? texts.join(' ') : undefined
}
