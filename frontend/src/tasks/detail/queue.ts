import type { TaskQueueQuery } from '../../gql/graphql'

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

function asSentence(message: string): string {
  const text = message.charAt(0).toUpperCase() + message.slice(1)
  return /[.!?]$/.test(text) ? text : `${text}.`
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
