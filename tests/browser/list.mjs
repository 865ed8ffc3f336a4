// What the tests of the list share: tasks to be in it, and what it shows.
import { until } from './browser.mjs'
import { byId, mutate, page } from './lab.mjs'

export const createTask = (name, settings = {}) =>
  mutate('createTask', 'task { id }', {
    name,
    parameterSpace: { parameters: [{ float: { name: 'temperature', low: 20, high: 80 } }] },
    objectives: [{ name: 'strength', direction: 'MAXIMIZE' }],
    ...settings,
  })

const names = () => byId('task-row').getByRole('rowheader').evaluateAll((heads) =>
  heads.map((head) => head.querySelector('a, span:not([class])').textContent))

/** The list comes to be just these, in this order. */
export const shows = (...expected) => until(`the list is ${expected}`, async () => String(await names()) === String(expected))

export const rowOf = (name) =>
  byId('task-row').filter({ has: page.getByRole('checkbox', { name: `Select ${name}`, exact: true }) })
