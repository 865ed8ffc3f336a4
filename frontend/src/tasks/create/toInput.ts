import type { CreateTaskInput, ParameterInput } from '../../gql/graphql'
import type { Problems } from '../../graphql/problems'
import { parseNumber } from '../../trials/pointForm'
import { toSettings } from '../settings/toSettings'
import type { ObjectiveDraft, ParameterDraft, ParameterKind, TaskDraft } from './form'

export type InputResult =
  | { readonly input: CreateTaskInput; readonly problems?: never }
  | { readonly problems: Problems; readonly input?: never }

/** The draft as the server wants it, or everything that is wrong with it. */
export function toInput(draft: TaskDraft): InputResult {
  const problems = new Map<string, string>()
  if (draft.name.trim() === '') problems.set('name', 'Give the task a name.')

  const parameters = draft.parameters.map((parameter, index) =>
    kindInputs[parameter.kind](parameter, (field, text) =>
      problems.set(`${parameterPath(index)}.${parameter.kind}.${field}`, text),
    ),
  )
  if (parameters.length === 0) problems.set('parameterSpace.parameters', 'Add at least one parameter.')
  for (const [index, { kind }] of draft.parameters.entries()) {
    checkName(draft.parameters, index, `${parameterPath(index)}.${kind}.name`, problems)
  }
  if (draft.objectives.length === 0) problems.set('objectives', 'Add at least one objective.')
  for (const index of draft.objectives.keys()) {
    checkName(draft.objectives, index, `objectives.${index}.name`, problems)
  }

  const seed = optionalWhole(draft.seed, 'strategy.seed', problems)
  const count = draft.useInitialDesign ? parseNumber(draft.designCount) : undefined
  if (draft.useInitialDesign && (count === undefined || !Number.isInteger(count) || count < 1)) {
    problems.set('strategy.initialDesign.count', 'Enter a whole number of at least 1.')
  }
  const metadata = parseMetadata(draft.metadata, problems)
  const settings = toSettings(draft.settings, (path, text) => problems.set(path, text))

  if (problems.size > 0) return { problems }
  return {
    input: {
      name: draft.name.trim(),
      description: draft.description.trim(),
      parameterSpace: { parameters },
      objectives: draft.objectives.map(({ name, direction }) => ({ name: name.trim(), direction })),
      strategy: {
        kind: draft.strategy,
        ...(seed === undefined ? {} : { seed }),
        ...(count === undefined ? {} : { initialDesign: { method: draft.designMethod, count } }),
      },
      ...(metadata === undefined ? {} : { metadata }),
      ...settings,
    },
  }
}

export function parameterPath(index: number): string {
  return `parameterSpace.parameters.${index}`
}

type Report = (field: string, text: string) => void

const kindInputs: Readonly<Record<ParameterKind, (draft: ParameterDraft, report: Report) => ParameterInput>> =
  {
    float: (draft, report) => {
      const { low, high } = range(draft, report)
      const step = optionalStep(draft, report)
      return {
        float: {
          name: draft.name.trim(),
          low,
          high,
          log: draft.log,
          ...(step === undefined ? {} : { step }),
        },
      }
    },
    int: (draft, report) => {
      const { low, high } = range(draft, report)
      const step = optionalStep(draft, report)
      for (const [field, value] of Object.entries({ low, high, step: step ?? 1 })) {
        if (!Number.isInteger(value)) report(field, 'Must be a whole number.')
        else if (!Number.isSafeInteger(value)) report(field, 'Must have at most 53 bits.')
      }
      return {
        int: { name: draft.name.trim(), low, high, log: draft.log, ...(step === undefined ? {} : { step }) },
      }
    },
    categorical: (draft, report) => ({
      categorical: { name: draft.name.trim(), choices: list(draft, 'choices', report) },
    }),
    ordinal: (draft, report) => ({
      ordinal: { name: draft.name.trim(), levels: list(draft, 'levels', report) },
    }),
  }

function range(draft: ParameterDraft, report: Report): { low: number; high: number } {
  const low = parseNumber(draft.low)
  const high = parseNumber(draft.high)
  if (low === undefined) report('low', 'Enter a number.')
  if (high === undefined) report('high', 'Enter a number.')
  if (low !== undefined && high !== undefined && low >= high) report('high', 'Must be above the low bound.')
  if (draft.log && low !== undefined && low <= 0) report('low', 'Must be above 0 on a log scale.')
  return { low: low ?? 0, high: high ?? 0 }
}

function optionalStep(draft: ParameterDraft, report: Report): number | undefined {
  if (draft.step.trim() === '') return undefined
  const step = parseNumber(draft.step)
  if (step === undefined || step <= 0) report('step', 'Enter a number above 0.')
  return step
}

function list(
  draft: ParameterDraft,
  field: 'choices' | 'levels',
  report: Report,
): (string | number | boolean)[] {
  const values = parseList(draft.values)
  if (values.length < 2) report(field, `Enter at least two ${field}, separated by commas.`)
  else if (new Set(values).size < values.length) report(field, `The ${field} must differ from each other.`)
  return values
}

/** Separated by commas or lines; numbers and true/false are read as such unless quoted. */
export function parseList(text: string): (string | number | boolean)[] {
  return text
    .split(/[,\n]/)
    .map((item) => item.trim())
    .filter((item) => item !== '')
    .map((item) => {
      const quoted = /^"(.*)"$/.exec(item)
      if (quoted) return quoted[1] ?? ''
      if (item === 'true' || item === 'false') return item === 'true'
      return parseNumber(item) ?? item
    })
}

function checkName(
  all: readonly (ParameterDraft | ObjectiveDraft)[],
  index: number,
  path: string,
  problems: Map<string, string>,
): void {
  const name = all[index]?.name.trim() ?? ''
  if (name === '') problems.set(path, 'Enter a name.')
  else if (all.some((other, at) => at < index && other.name.trim() === name)) {
    problems.set(path, 'This name is already used.')
  }
}

function optionalWhole(text: string, path: string, problems: Map<string, string>): number | undefined {
  if (text.trim() === '') return undefined
  const value = parseNumber(text)
  if (value === undefined || !Number.isInteger(value) || value < 0)
    problems.set(path, 'Enter a whole number.')
  return value
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
