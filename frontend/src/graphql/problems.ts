/** Problems by the path of the field in the server's input, such as `parameterSpace.parameters.0.float.low`. */
export type Problems = ReadonlyMap<string, string>

export const noProblems: Problems = new Map()

export function isWithin(path: string, parent: string): boolean {
  return path === parent || path.startsWith(`${parent}.`)
}

/** What is wrong with the field at a path, or with something inside it. */
export function problemAt(problems: Problems, path: string): string | undefined {
  const texts = [...problems].filter(([at]) => isWithin(at, path)).map(([, text]) => text)
  return texts.length > 0 ? texts.join(' ') : undefined
}

/** Problems at none of these fields: they are told at the end of a form. */
export function problemsOutside(problems: Problems, fields: readonly string[]): string[] {
  return [...problems]
    .filter(([path]) => !fields.some((field) => isWithin(path, field)))
    .map(([path, text]) => `${path}: ${text}`)
}
