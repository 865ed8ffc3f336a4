import type { ReadTableInput, TableAnswerInput } from '../gql/graphql'

/** A table as it came: typed or pasted as text, or as the bytes of a file, whose encoding the server recognises. */
export type TableSource =
  | { readonly text: string; readonly file?: undefined }
  | { readonly text: ''; readonly file: TableFile }

export interface TableFile {
  readonly name: string
  readonly size: number
  readonly base64: string
}

export const noTable: TableSource = { text: '' }

/** The largest file that a request has room for. */
export const mostBytes = 6_000_000

export function isBlank({ text, file }: TableSource): boolean {
  return file === undefined && text.trim() === ''
}

/** The table in the words of the server. */
export function tableInput({ text, file }: TableSource): Pick<ReadTableInput, 'text' | 'base64'> {
  return file === undefined ? { text } : { base64: file.base64 }
}

export async function readFile(file: File): Promise<TableSource> {
  if (file.size > mostBytes) {
    const most = `${mostBytes / 1_000_000} MB`
    throw new Error(`“${file.name}” has more than ${most}. Import it with: asktell import results`)
  }
  const bytes = new Uint8Array(await file.arrayBuffer())
  return { text: '', file: { name: file.name, size: file.size, base64: toBase64(bytes) } }
}

function toBase64(bytes: Uint8Array): string {
  const piece = 0x8000
  const pieces: string[] = []
  for (let at = 0; at < bytes.length; at += piece) {
    pieces.push(String.fromCharCode(...bytes.subarray(at, at + piece)))
  }
  return btoa(pieces.join(''))
}

/** Answers with one more; an earlier one to the same question is dropped. */
export function answered(
  answers: readonly TableAnswerInput[],
  answer: TableAnswerInput,
): readonly TableAnswerInput[] {
  const others = answers.filter(
    ({ question, column }) =>
      question !== answer.question || (column ?? undefined) !== (answer.column ?? undefined),
  )
  return [...others, answer]
}

/** Answers without one. */
export function forgotten(
  answers: readonly TableAnswerInput[],
  answer: TableAnswerInput,
): readonly TableAnswerInput[] {
  return answers.filter((other) => other !== answer)
}
