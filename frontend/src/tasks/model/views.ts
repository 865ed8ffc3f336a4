export type View = 'importance' | 'fit' | 'slice' | 'contour'

/** What can be shown of a model; a plane needs two parameters. */
export function views(parameters: number): Readonly<Record<View, string>> {
  const all = { importance: 'What matters', fit: 'Accuracy', slice: 'Along one' }
  return (parameters < 2 ? all : { ...all, contour: 'Over two' }) as Readonly<Record<View, string>>
}
