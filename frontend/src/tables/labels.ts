import type { TableColumnKind } from '../gql/graphql'

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
