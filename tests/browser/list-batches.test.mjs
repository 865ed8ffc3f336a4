// Many tasks at once: which are selected, what a batch would do, what stands in its way, and that the list follows.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from './browser.mjs'
import { button, byId, dialog, mutate, page, server } from './lab.mjs'
import { createTask, rowOf, shows } from './list.mjs'

const box = (name) => page.getByRole('checkbox', { name: `Select ${name}`, exact: true })
const bar = () => byId('batch-bar')
const selected = (text) => until(`${text} is told`, async () => (await byId('selected').innerText()) === text)
const preview = () => byId('preview')
const tried = (text) => preview().filter({ hasText: text }).and(page.locator('[data-stage=tried]')).waitFor()
const statusOf = (name, status) => rowOf(name).locator(`[data-testid=status][data-status=${status}]`).waitFor()

async function more(item) {
  await button(bar(), 'More actions').click()
  await page.getByRole('menuitem', { name: item }).click()
}

const tasks = {}

test('a range is selected with Shift, by mouse and by keyboard', async () => {
  for (const name of ['Amide', 'Borate', 'Cyanide', 'Diazo', 'Enol']) {
    tasks[name] = (await createTask(name, { owner: 'anna', tags: ['pd'] })).task.id
  }
  await mutate('transitionTasks', 'changed', { ids: [tasks.Amide, tasks.Borate, tasks.Cyanide], to: 'RUNNING' })
  await page.goto(server.url)
  await page.locator('[data-testid=connection][data-state=live]').waitFor()
  await shows('Enol', 'Diazo', 'Cyanide', 'Borate', 'Amide')
  await box('Diazo').click()
  await box('Borate').click({ modifiers: ['Shift'] })
  await selected('3 selected')
  await button(bar(), 'Clear the selection').click()
  await bar().waitFor({ state: 'detached' })
  await box('Cyanide').focus()
  await page.keyboard.press('Space')
  await page.keyboard.press('Tab')
  await box('Amide').focus()
  await page.keyboard.press('Shift+Space')
  await selected('3 selected')
})

test('the preview tells what would change, and the batch does just that', async () => {
  await button(bar(), 'Pause…').click()
  await tried('3 tasks would change')
  await statusOf('Amide', 'RUNNING')
  await page.getByLabel('Reason').fill('The oven is cold')
  await button(dialog('Pause: 3 tasks'), 'Pause 3 tasks').click()
  for (const name of ['Amide', 'Borate', 'Cyanide']) await statusOf(name, 'PAUSED')
  const { node } = await server.graphql('query ($id: ID!) { node(id: $id) { ... on Task { statusReason } } }', { id: tasks.Amide })
  assert.equal(node.statusReason, 'The oven is cold')
  await selected('3 selected')
})

test('what stands in the way is named, and may be left out', async () => {
  await page.getByRole('checkbox', { name: 'Select all tasks shown' }).check()
  await selected('5 selected')
  await more('Complete…')
  await tried('3 tasks would change; 2 stand in the way')
  const obstacle = byId('obstacle')
  await obstacle.filter({ hasText: 'A created task cannot become completed' }).filter({ hasText: '“Enol”' }).waitFor()
  await button(preview(), 'Leave these 2 out').click()
  await button(dialog('Complete: 5 tasks'), 'Complete 3 tasks').click()
  await statusOf('Amide', 'COMPLETED')
  await statusOf('Enol', 'CREATED')
})

test('all that match are selected by the filter, and one of them may be taken out', async () => {
  await page.getByRole('checkbox', { name: 'Select all tasks shown' }).uncheck()
  await box('Enol').click()
  await button(bar(), 'Select all 5 tasks that match').click()
  await selected('5 selected')
  await box('Amide').click()
  await selected('4 selected')
  const sent = page.waitForRequest((request) => /addTags/.test(request.postData() ?? ''))
  await button(bar(), 'Add tags…').click()
  await page.getByLabel('Tags', { exact: true }).fill('Urgent, b12')
  await page.keyboard.press('Enter')
  const { input } = JSON.parse((await sent).postData()).variables
  assert.deepEqual([input.ids, input.filter.not.ids], [undefined, [tasks.Amide]])
  await tried('4 tasks would change')
  await page.keyboard.press('Enter')
  await rowOf('Enol').getByText('b12').waitFor()
  assert.equal(await rowOf('Amide').getByText('b12').count(), 0)
})

test('a task that changed since the preview is told, and a new preview goes on', async () => {
  await box('Enol').click()
  await box('Diazo').click()
  await more('Priority…')
  await page.getByLabel('Priority', { exact: true }).fill('7')
  await page.keyboard.press('Enter')
  await tried('2 tasks would change')
  await mutate('updateTask', 'task { id }', { id: tasks.Enol, description: 'Changed meanwhile' })
  await button(dialog('Change the priority: 2 tasks'), 'Change 2 tasks').click()
  await preview().filter({ hasText: 'have changed since' }).waitFor()
  await button(page, 'Preview again').click()
  await tried('2 tasks would change')
  await button(page, 'Change 2 tasks').click()
  await until('the row has it', async () => (await rowOf('Enol').locator('[data-column=priority]').innerText()) === '7')
})

test('tasks go below another, which is found by words', async () => {
  await more('Move below…')
  await page.getByLabel('Below which task').fill('cyan')
  await byId('picker').getByLabel('Cyanide').check()
  await tried('2 tasks would change')
  await button(page, 'Move 2 tasks').click()
  await rowOf('Enol').getByTestId('parent').filter({ hasText: 'Cyanide' }).waitFor()
})

test('a deletion says what becomes of the tasks below', async () => {
  await button(bar(), 'Clear the selection').click()
  await box('Cyanide').click()
  await box('Enol').click()
  await more('Delete…')
  await byId('obstacle').filter({ hasText: 'There are tasks below it' }).waitFor()
  await page.getByLabel('Delete everything below, too').check()
  await tried('2 tasks would change, and 1 below them')
  await button(page, 'Delete 2 tasks').click()
  await shows('Borate', 'Amide')
})

test('the deleted ones are restored together', async () => {
  await page.getByRole('checkbox', { name: 'Show deleted' }).check()
  await until('three are there', async () => (await byId('task-row').count()) === 3)
  await page.getByRole('checkbox', { name: 'Select all tasks shown' }).check()
  await button(bar(), 'Restore…').click()
  await tried('3 tasks would change')
  await button(page, 'Restore 3 tasks').click()
  await page.getByText('No deleted tasks').waitFor()
  await page.getByRole('button', { name: 'Show all tasks' }).click()
  await shows('Enol', 'Diazo', 'Cyanide', 'Borate', 'Amide')
})
