import type { TaskQueueQuery } from '../../gql/graphql'
import { asSentence } from '../../ui/format'

/** Where the task stands in the queue and why it waits, in words. */
export function queueText({
  queuePosition,
  whyWaiting,
}: Pick<NonNullable<TaskQueueQuery['task']>, 'queuePosition' | 'whyWaiting'>): {
  place: string
  why: string
} {
  const why = whyWaiting ? asSentence(whyWaiting.message) : ''
  if (queuePosition === null) return { place: 'Not in the queue', why }
  if (queuePosition === 1) return { place: 'Next in the queue', why }
  return { place: `${ordinal(queuePosition)} in the queue`, why }
}

const endings: Readonly<Record<Intl.LDMLPluralRule, string>> = {
  one: 'st',
  two: 'nd',
  few: 'rd',
  other: 'th',
  zero: 'th',
  many: 'th',
}
const rules = new Intl.PluralRules('en', { type: 'ordinal' })

function ordinal(number: number): string {
  return `${number}${endings[rules.select(number)]}`
}
