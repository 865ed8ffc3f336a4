// A server, a browser, and a task in its page: what the tests of one subject stand on.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before } from 'node:test'
import { start } from '../server.mjs'
import { openBrowser } from './browser.mjs'

const directory = mkdtempSync(join(tmpdir(), 'asktell-page-'))

export const database = `sqlite:${join(directory, 'asktell.db')}`

export let server, page
let browser

before(async () => {
  server = await start('serve', database)
  browser = await openBrowser(directory, server)
  page = browser.page
  await page.goto(server.url)
})

after(async () => {
  await browser?.close()
  await server?.stop()
  rmSync(directory, { recursive: true, force: true })
  assert.deepEqual(browser.foreign, [], 'everything comes from the server itself')
})

afterEach(() => {
  assert.deepEqual(browser.takeComplaints(), [], 'the console has no errors')
})

export const byId = (id) => page.getByTestId(id)
export const row = (number) => page.locator(`[data-testid=trial-row][data-number="${number}"]`)
export const inState = (number, state) =>
  page.locator(`[data-testid=trial-row][data-number="${number}"][data-state=${state}]`).waitFor()
export const dialog = (name) => page.getByRole('dialog', { name })
export const button = (within, name) => within.getByRole('button', { name, exact: true })

export async function act(number, action) {
  await button(row(number), `Actions for trial ${number}`).click()
  await page.getByRole('menuitem', { name: action }).click()
}

/** One mutation of the API, as a program sends it. */
export async function mutate(mutation, selection, input) {
  const type = `${mutation[0].toUpperCase()}${mutation.slice(1)}Input!`
  const query = `mutation ($input: ${type}) { ${mutation}(input: $input) { ${selection} } }`
  return (await server.graphql(query, { input }))[mutation]
}

export async function ask(taskId, more = {}) {
  const { trials } = await mutate('ask', 'trials { id number lease { token } }', { taskId, worker: 'robot', ...more })
  return trials[0]
}

export const tell = (trial, value) =>
  mutate('tell', 'receipt', {
    trialId: trial.id,
    leaseToken: trial.lease.token,
    outcome: { values: [{ objective: 'strength', value }] },
  })

export const trialOf = async (id, fields) =>
  (await server.graphql(`query ($id: ID!) { node(id: $id) { ... on Trial { ${fields} } } }`, { id })).node

/** A task of one parameter and one objective, open in the page. */
export async function openCreated(settings = {}) {
  const { task } = await mutate('createTask', 'task { id }', {
    parameterSpace: { parameters: [{ float: { name: 'temperature', low: 20, high: 80 } }] },
    objectives: [{ name: 'strength', direction: 'MAXIMIZE' }],
    ...settings,
  })
  await page.goto(`${server.url}/tasks/${task.id}`)
  await page.locator('[data-testid=connection][data-state=live]').waitFor()
  await byId('task-name').waitFor()
  return task.id
}

/** The same, running. */
export async function openTask(settings = {}) {
  const id = await openCreated(settings)
  await mutate('transitionTask', 'task { id }', { id, to: 'RUNNING' })
  await page.locator('[data-testid=status][data-status=RUNNING]').waitFor()
  return id
}
