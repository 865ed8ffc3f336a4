import { isWithin, type Problems } from '../../graphql/problems'
import type { SpaceDraft } from './drafts'
import { candidatesPath, constraintPath, parameterPath } from './toSpace'

/** Problems of a row as a whole: at the row's own path or at a part of it that has no field. */
export function rowProblem(problems: Problems, path: string, fields: readonly string[]): string | undefined {
  const texts = [...problems]
    .filter(([at]) => isWithin(at, path) && !fields.some((field) => isWithin(at, `${path}.${field}`)))
    .map(([, text]) => text)
  return texts.length > 0 ? texts.join(' ') : undefined
}

/** Where the form of a space has a place for what is wrong. */
export function spacePaths({ parameters, constraints }: SpaceDraft): string[] {
  return [
    ...parameters.map((_, index) => parameterPath(index)),
    ...constraints.map((_, index) => constraintPath(index)),
    candidatesPath,
  ]
}

/** Those that have a place only themselves, not for what is inside of them. */
export const wholePaths = ['parameterSpace', 'parameterSpace.parameters', 'parameterSpace.constraints']
