// What a task was: its versions in the page, the difference of two, and the way back.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { binary } from '../server.mjs'
import { until } from './browser.mjs'
import { ask, button, byId, database, mutate, openTask, page, server, tell } from './lab.mjs'

const version = (number) => page.locator(`[data-testid=version][data-version="${number}"]`)
const update = (id, change) => mutate('updateTask', 'task { version }', { id, ...change })
const space = (high) => ({ parameters: [{ float: { name: 'temperature', low: 20, high } }] })

async function actOn(number, action) {
  await button(version(number), `Actions for version ${number}`).click()
  await page.getByRole('menuitem', { name: action }).click()
}

async function openHistory(settings) {
  const id = await openTask(settings)
  await page.getByRole('link', { name: 'History' }).click()
  await version(2).waitFor()
  return id
}

test('a change appears by itself, with who, why, and what was changed in words', async () => {
  const id = await openHistory()
  await update(id, { parameterSpace: space(120), budget: { maxTrials: 60 }, reason: 'hotter works' })
  await version(3).getByText('“hotter works”').waitFor()
  await version(3).getByText('anonymous').waitFor()
  const lines = await version(3).getByRole('listitem').allInnerTexts()
  assert.deepEqual(lines.map((line) => line.replace(/\s+/g, ' ')), [
    'temperature 20 to 80 → 20 to 120',
    'Trials in all 60',
    'Version of the space 1 → 2',
  ])
  await version(2).getByText('Created → Running').waitFor()
})

test('two versions that are ticked are compared, and the comparison has an address', async () => {
  const id = await openHistory()
  await update(id, { priority: 4 })
  await update(id, { priority: 9, name: 'Second screen' })
  await page.getByLabel('Compare version 4').check()
  await page.getByLabel('Compare version 2').check()
  await button(byId('versions'), 'Compare 2 and 4').click()
  await byId('difference').getByText('Second screen').waitFor()
  assert.match(await byId('difference').innerText(), /Priority\s+0\s+→\s+9/)
  await page.reload()
  await button(byId('difference'), 'The other way round').click()
  await byId('difference').getByText('From version 4 to 2').waitFor()
  await until('it is turned', async () => /Priority\s+9\s+→\s+0/.test(await byId('difference').innerText()))
})

test('the task is shown as it was at a version and at a time', async () => {
  const id = await openHistory({ name: 'First screen' })
  await update(id, { name: 'Second screen' })
  await version(3).waitFor()
  await actOn(2, 'The task as it was')
  await byId('past').getByText('First screen').waitFor()
  await byId('past').getByText('20 to 80').waitFor()
  await page.goto(`${server.url}/tasks/${id}?view=history&at=2000-01-01T00:00:00Z`)
  await byId('past').getByText(/did not exist yet/).waitFor()
  await button(byId('past'), 'Close').click()
  // The field begins with the second in which the task was made, or the next.
  await button(byId('as-it-was'), 'Show the task').click()
  await byId('past').getByText(/screen/).first().waitFor()
})

test('going back shows what becomes of the results, and is one more version', async () => {
  const id = await openHistory()
  await update(id, { parameterSpace: space(120), priority: 7 })
  await mutate('addResults', 'trials { id }', {
    taskId: id,
    results: [{ point: { temperature: 100 }, outcome: { values: [{ objective: 'strength', value: 5 }] } }],
  })
  await version(3).waitFor()
  await actOn(2, 'Go back to this version…')
  const dialog = byId('revert')
  await dialog.getByText('20 to 80').waitFor()
  await dialog.getByText(/The one result lies outside of the space/).waitFor()
  await dialog.getByLabel('Reason').fill('the new bounds were wrong')
  await button(dialog, 'Go back').click()
  await version(4).getByText('Went back to version 2').waitFor()
  await version(4).getByText('“the new bounds were wrong”').waitFor()
  const { task } = await server.graphql(`query ($id: ID!) { task(id: $id) { version priority status } }`, { id })
  assert.deepEqual(task, { version: 4, priority: 0, status: 'RUNNING' })
})

test('what cannot be gone back to is said before it is tried', async () => {
  const { task } = await mutate('createTask', 'task { id }', {
    parameterSpace: space(80),
    objectives: [{ name: 'cost', direction: 'MINIMIZE' }],
  })
  await update(task.id, { objectives: [{ name: 'strength', direction: 'MAXIMIZE' }] })
  await mutate('transitionTask', 'task { id }', { id: task.id, to: 'RUNNING' })
  await page.goto(`${server.url}/tasks/${task.id}?view=history&revert=1`)
  await byId('obstacles').getByText(/The objectives differ/).waitFor()
  assert.ok(await button(byId('revert'), 'Go back').isDisabled())
})

test('long histories come a page at a time, and trials are no part of them', async () => {
  const id = await openHistory()
  for (let priority = 1; priority <= 40; priority++) await update(id, { priority })
  await version(42).waitFor()
  await tell(await ask(id), 1)
  await page.reload()
  await version(42).waitFor()
  assert.equal(await page.getByTestId('version').count(), 30)
  await button(byId('versions'), 'Older versions').click()
  await version(1).getByText('Created', { exact: true }).first().waitFor()
  assert.equal(await page.getByTestId('version').count(), 42)
})

test('what was compacted is said to be gone', async () => {
  const id = await openHistory()
  await update(id, { priority: 1 })
  await update(id, { priority: 2 })
  execFileSync(binary, ['compact', '--database', database, '--before', '2100-01-01T00:00:00Z', '--keep-versions', '2'])
  await page.reload()
  await byId('compacted').getByText(/before version 3 was compacted/).waitFor()
  assert.equal(await page.getByTestId('version').count(), 2)
  await page.goto(`${server.url}/tasks/${id}?view=history&version=1`)
  await byId('past').getByText(/version 3 is the oldest that is kept/).waitFor()
})
