import type { TaskDraft } from './form'
import { type Problems, parameterPath } from './toInput'

/** What is wrong with the field at a path, or with something inside it. */
export function problemAt(problems: Problems, path: string): string | undefined {
  const texts = [...problems]
    .filter(([at]) => at === path || at.startsWith(`${path}.`))
    .map(([, text]) => text)
  return texts.length > 0 ? texts.join(' ') : undefined
}

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

/** Problems at paths for which the page has no field: they are told at the end of the form. */
export function unplacedProblems(problems: Problems, draft: TaskDraft): string[] {
  const shown = (path: string) =>
    simplePaths.includes(path) ||
    path.startsWith('metadata.') ||
    draft.objectives.some((_, index) => isWithin(path, `objectives.${index}`)) ||
    draft.parameters.some((_, index) => isWithin(path, parameterPath(index)))
  return [...problems].filter(([path]) => !shown(path)).map(([path, text]) => `${path}: ${text}`)
}

function isWithin(path: string, parent: string): boolean {
  return path === parent || path.startsWith(`${parent}.`)
}

/** Problems of a row as a whole: at the row's own path or at a part of it that has no field. */
export function rowProblem(problems: Problems, path: string, fields: readonly string[]): string | undefined {
  const texts = [...problems]
    .filter(([at]) => isWithin(at, path) && !fields.some((field) => isWithin(at, `${path}.${field}`)))
    .map(([, text]) => text)
  return texts.length > 0 ? texts.join(' ') : undefined
}
