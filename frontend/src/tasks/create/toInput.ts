import type { CreateTaskInput } from '../../gql/graphql'
import type { Problems } from '../../graphql/problems'
import { toSettings } from '../settings/toSettings'
import { checkName, toSpace } from '../space/toSpace'
import { toStrategy } from '../strategy/toStrategy'
import { namesOf, type TaskDraft } from './form'

export type InputResult =
  | { readonly input: CreateTaskInput; readonly problems?: never }
  | { readonly problems: Problems; readonly input?: never }

/** The draft as the server wants it, or everything that is wrong with it. */
export function toInput(draft: TaskDraft): InputResult {
  const problems = new Map<string, string>()
  const report = (path: string, text: string) => problems.set(path, text)
  if (draft.name.trim() === '') report('name', 'Give the task a name.')

  const parameterSpace = toSpace(draft.space, report)
  if (draft.objectives.length === 0) report('objectives', 'Add at least one objective.')
  for (const index of draft.objectives.keys()) {
    checkName(draft.objectives, index, (text) => report(`objectives.${index}.name`, text))
  }
  const strategy = toStrategy(draft.strategy, namesOf(draft.objectives), report)
  const metadata = parseMetadata(draft.metadata, problems)
  const settings = toSettings(draft.settings, report)

  if (problems.size > 0) return { problems }
  return {
    input: {
      name: draft.name.trim(),
      description: draft.description.trim(),
      parameterSpace,
      objectives: draft.objectives.map(({ name, direction }) => ({ name: name.trim(), direction })),
      strategy,
      ...(metadata === undefined ? {} : { metadata }),
      ...settings,
    },
  }
}

function parseMetadata(text: string, problems: Map<string, string>): Record<string, unknown> | undefined {
  if (text.trim() === '') return undefined
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>
    }
    problems.set('metadata', 'Must be a JSON object, such as {"project": "epoxy"}.')
  } catch (thrown) {
    problems.set('metadata', `Not valid JSON: ${thrown instanceof Error ? thrown.message : 'unreadable'}`)
  }
  return undefined
}
