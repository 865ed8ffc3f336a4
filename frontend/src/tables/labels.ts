import type { TableColumnKind, TableQuestionCode } from '../gql/graphql'

export const kindLabels: Readonly<Record<TableColumnKind, string>> = {
  NUMBER: 'numbers',
  INTEGER: 'whole numbers',
  BOOLEAN: 'true or false',
  TEXT: 'texts',
  DATE: 'dates or times',
  ID: 'ids',
  RUN_NUMBER: 'row numbers',
  EMPTY: 'nothing',
}

export const questionLabels: Readonly<Record<TableQuestionCode, string>> = {
  ENCODING: 'Encoding',
  DELIMITER: 'Columns are separated by',
  DECIMAL_SIGN: 'Decimal sign',
  HEADER_LINE: 'Line of the titles',
  COLUMN_KIND: 'Kind',
  BARE_NUMBERS: 'Numbers without a unit',
  PERCENT: 'Percentages',
  CENSORED: 'Limits',
  DEVIATION: 'What follows ±',
  ROLE: 'Role',
  WITHOUT_RESULT: 'Rows without a result',
  NOT_FINITE: 'Results that are not finite',
  REPEATED: 'Rows that are in the task already',
  BAD_ROWS: 'Rows that cannot be used',
}

const readingLabels: Readonly<Record<string, string>> = {
  PLAN: 'still to be run',
  FAIL: 'failed',
  LEAVE_OUT: 'left out',
  ADD: 'added as replicates',
}

/** A reading in words: `SAME_UNIT` is “same unit”. */
export function readingLabel(reading: string): string {
  return readingLabels[reading] ?? reading.toLowerCase().replaceAll('_', ' ')
}
