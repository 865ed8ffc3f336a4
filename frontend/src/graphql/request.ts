import type { ExecutionResult } from 'graphql'
import { actorHeader } from '../app/me'
import type { TypedDocumentString } from '../gql/graphql'
import { noteServerDate } from '../ui/clock'
import { failureFromErrors, RequestFailure } from './errors'

const endpoint = '/graphql'

/** Root fields that are null without an error when what they ask for is not there. */
type MayBeMissing = 'node' | 'task' | 'view'

/** The data of a response without errors: only an error makes any other root field null. */
export type Complete<Data> = {
  [Field in keyof Data]: Field extends MayBeMissing ? Data[Field] : NonNullable<Data[Field]>
}

/** Sends one operation and returns its data; every other outcome is a thrown `RequestFailure`. */
export async function request<Data, Variables>(
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
  signal?: AbortSignal,
): Promise<Complete<Data>> {
  let response: Response
  const sentAt = Date.now()
  try {
    response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json;q=0.9',
        ...actorHeader(),
      },
      body: JSON.stringify({ query: document.toString(), variables }),
      signal: signal ?? null,
    })
  } catch (cause) {
    if (signal?.aborted) throw cause
    throw new RequestFailure([], 'The server cannot be reached.', { cause })
  }
  noteServerDate(response.headers.get('date'), sentAt, Date.now())
  const body = await readBody<Data>(response)
  if (body?.errors?.length) throw failureFromErrors(body.errors)
  if (!body?.data) throw new RequestFailure([], `The server answered ${response.status} without a result.`)
  return body.data as Complete<Data>
}

async function readBody<Data>(response: Response): Promise<ExecutionResult<Data> | undefined> {
  try {
    return (await response.json()) as ExecutionResult<Data>
  } catch {
    return undefined
  }
}
