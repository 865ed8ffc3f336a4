import { asSentence } from '../ui/format'

/** One entry of a response's `errors`. */
export interface ServerError {
  readonly message: string
  readonly extensions?: Readonly<Record<string, unknown>> | undefined
}

/** Thrown for every request that brought no data; `errors` is empty when the server was not reached. */
export class RequestFailure extends Error {
  override readonly name = 'RequestFailure'

  constructor(
    readonly errors: readonly ServerError[],
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }

  get code(): string | undefined {
    return errorCode(this.errors[0])
  }
}

export function errorCode(error: ServerError | undefined): string | undefined {
  const code = error?.extensions?.code
  return typeof code === 'string' ? code : undefined
}

export function failureFromErrors(errors: readonly ServerError[]): RequestFailure {
  return new RequestFailure(errors, errors.map(explainError).join(' '))
}

/** What a person is told about any thrown thing. */
export function explain(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : 'Something went wrong.'
}

/** Codes whose message the page words itself; others show the server's own sentence. */
const sentences: Readonly<Record<string, (extensions: Readonly<Record<string, unknown>>) => string>> = {
  TASK_NOT_FOUND: () => 'This task does not exist or was deleted.',
  TRIAL_NOT_FOUND: () => 'This trial does not exist.',
  INVALID_STATUS_TRANSITION: ({ from, to, allowed }) =>
    `A ${word(from)} task cannot become ${word(to)}.${
      Array.isArray(allowed) && allowed.length > 0 ? ` It can become ${allowed.map(word).join(' or ')}.` : ''
    }`,
  BUDGET_REACHED: ({ setting }) =>
    `The task would end again at once. Change this first: ${fieldWords(setting)}.`,
  VERSION_CONFLICT: ({ expected, actual }) =>
    `Someone changed it meanwhile (you had version ${expected}, it is now at ${actual}). Nothing was written.`,
  VERSION_NOT_FOUND: ({ version, at }) =>
    version === undefined
      ? `The task did not exist yet at ${new Date(String(at)).toLocaleString()}.`
      : `The task has no version ${version}.`,
  HISTORY_COMPACTED: ({ oldestVersion }) =>
    `The history was compacted: version ${oldestVersion} is the oldest that is kept.`,
  HISTORY_INCOMPLETE: ({ field, version }) =>
    `Not all of version ${version} is known (${fieldWords(field)}), so the task cannot go back to it.`,
  TASK_ALREADY_STARTED: ({ field }) =>
    `The task has been started, and from then on this is fixed: ${fieldWords(field)}.`,
  TASK_HAS_CHILDREN: () => 'There are tasks below it.',
  PARENT_DELETED: () => 'Its parent is deleted: that has to be restored first.',
  TASK_CYCLE: () => 'A task cannot be below itself.',
  SELECTION_CHANGED: () =>
    'Some of these tasks have changed since, or others fit the filter now. Nothing was done.',
  VIEW_NOT_FOUND: () => 'This view does not exist any more.',
  VIEW_NAME_TAKEN: () => 'There is a view of this name already.',
  TASK_NOT_RUNNING: () => 'This task is not running: it hands out nothing.',
  LEASE_LOST: () =>
    'The lease has ended and this trial has gone on without it. Nothing was written. A result can still be told by hand.',
  IDEMPOTENCY_CONFLICT: () =>
    'Something else was sent under the same key before. Nothing was written; please try once more.',
  INTERNAL: () => 'The server had an internal error; its log has the details.',
  INTERNAL_ERROR: () => 'The server had an internal error; its log has the details.',
}

export function explainError(error: ServerError): string {
  const code = errorCode(error)
  const sentence = code === undefined ? undefined : sentences[code]
  return sentence ? sentence(error.extensions ?? {}) : asSentence(error.message)
}

function word(value: unknown): string {
  return String(value).toLowerCase().replaceAll('_', ' ')
}

/** `strategy.initialDesign` as `initial design`. */
function fieldWords(field: unknown): string {
  return String(field)
    .replace(/^.*\./, '')
    .replace(/([A-Z])/g, ' $1')
    .toLowerCase()
}

/** What is wrong with one field, which is told there. */
const placedCodes = new Set(['VALIDATION_FAILED', 'INCOMPATIBLE_SPACE'])

/** Errors of input by the field they belong to: `["input","objectives",0,"name"]` is kept at `objectives.0.name`. */
export function fieldErrors(thrown: unknown): Map<string, string> {
  const found = new Map<string, string>()
  if (!(thrown instanceof RequestFailure)) return found
  for (const error of thrown.errors) {
    const path = error.extensions?.path
    if (!placedCodes.has(errorCode(error) ?? '') || !Array.isArray(path)) continue
    const key = (path[0] === 'input' ? path.slice(1) : path).join('.')
    const known = found.get(key)
    // Beside the field its path need not be told again.
    const text = asSentence(error.message.replace(/^(input|parameterSpace)\S*:\s+/, ''))
    found.set(key, known === undefined ? text : `${known} ${text}`)
  }
  return found
}
