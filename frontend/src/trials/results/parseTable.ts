export interface PastedTable {
  readonly header: readonly string[]
  readonly rows: readonly PastedRow[]
}

export interface PastedRow {
  /** Where it stands in the text, from 1. */
  readonly line: number
  readonly cells: readonly string[]
}

/** A table as spreadsheets copy it (tabs) or save it (commas or semicolons, RFC 4180 quotes), with a head. */
export function parseTable(text: string): PastedTable {
  const clean = text.replace(/^\uFEFF/, '')
  const [header, ...rows] = records(clean, delimiterOf(clean)).filter(({ cells }) =>
    cells.some((cell) => cell !== ''),
  )
  return { header: header?.cells ?? [], rows }
}

/** Whichever the first line has: a tab is never part of a name, and where commas are decimal, semicolons separate. */
export function delimiterOf(text: string): '\t' | ';' | ',' {
  const first = text.trimStart().split('\n', 1)[0] ?? ''
  const bare = first.replace(/"[^"]*"/g, '')
  if (bare.includes('\t')) return '\t'
  return bare.includes(';') ? ';' : ','
}

function records(text: string, delimiter: string): PastedRow[] {
  const found: PastedRow[] = []
  let cells: string[] = []
  let cell = ''
  let quoted = false
  let line = 1
  let begin = 1
  const endCell = () => {
    cells.push(cell.trim())
    cell = ''
  }
  const endRow = () => {
    endCell()
    found.push({ line: begin, cells })
    cells = []
    begin = line
  }
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at)
    if (character === '\n') line += 1
    if (quoted) {
      if (character !== '"') cell += character
      else if (text.charAt(at + 1) === '"') {
        cell += '"'
        at += 1
      } else quoted = false
    } else if (character === '"' && cell.trim() === '') {
      quoted = true
      cell = ''
    } else if (character === delimiter) endCell()
    else if (character === '\n') endRow()
    else if (character !== '\r') cell += character
  }
  if (cell !== '' || cells.length > 0) endRow()
  return found
}
