// The place of a task among others: its tags, its parent and its parts, and what is meant for all of them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from './browser.mjs'
import { ask, button, byId, dialog, mutate, openCreated, openTask, page, server, tell } from './lab.mjs'

const child = (id) => page.locator(`[data-testid=child][data-task-id="${id}"]`)
const settings = {
  parameterSpace: { parameters: [{ float: { name: 'temperature', low: 20, high: 80 } }] },
  objectives: [{ name: 'strength', direction: 'MAXIMIZE' }],
}
const create = async (more) => (await mutate('createTask', 'task { id }', { ...settings, ...more })).task.id
const start = (id) => mutate('transitionTask', 'task { id }', { id, to: 'RUNNING' })
const taskOf = async (id, fields) =>
  (await server.graphql(`query ($id: ID!) { task(id: $id) { ${fields} } }`, { id })).task

test('tags are added, completed from those of other tasks, and removed', async () => {
  await create({ tags: ['catalysis'] })
  const id = await openCreated({ tags: ['suzuki'] })
  await button(byId('tags'), 'Tag').click()
  const field = byId('tags').getByLabel('New tag')
  await byId('tags').locator('option[value=catalysis]').waitFor({ state: 'attached' })
  await field.fill('Catalysis, b12')
  await page.keyboard.press('Enter')
  await byId('tags').getByText('b12').waitFor()
  // Somebody else adds one, and the page goes on from there.
  await mutate('addTags', 'changed', { ids: [id], tags: ['elsewhere'] })
  await byId('tags').getByText('elsewhere').waitFor()
  await button(byId('tags'), 'Remove tag suzuki').click()
  await byId('tags').getByText('suzuki').waitFor({ state: 'detached' })
  assert.deepEqual((await taskOf(id, 'tags')).tags, ['b12', 'catalysis', 'elsewhere'])
})

test('a task is put below another and taken out again', async () => {
  const campaign = await create({ name: 'Moving campaign' })
  const id = await openCreated({ name: 'Moving screen' })
  await button(byId('breadcrumb'), 'Change the parent').click()
  const move = dialog('Where does “Moving screen” belong?')
  await move.getByText('it stands by itself').waitFor()
  await move.getByLabel('Another parent').fill('moving')
  await move.getByText('is this task').waitFor()
  await move.getByRole('radio', { name: /Moving campaign/ }).check()
  await button(move, 'Move').click()
  await byId('breadcrumb').getByRole('link', { name: 'Moving campaign' }).click()
  await child(id).waitFor()
  // Below itself it cannot be.
  await button(byId('breadcrumb'), 'Change the parent').click()
  await byId('move').getByLabel('Another parent').fill('moving screen')
  await byId('move').getByText('lies below this task').waitFor()
  await button(byId('move'), 'Cancel').click()
  await child(id).getByRole('link').click()
  await button(byId('breadcrumb'), 'Change the parent').click()
  await button(byId('move'), 'No parent').click()
  await button(byId('move'), 'Move').click()
  await byId('breadcrumb').getByRole('link', { name: 'Moving campaign' }).waitFor({ state: 'detached' })
  assert.deepEqual(await taskOf(id, 'parent { id }'), { parent: null })
  assert.deepEqual(await taskOf(campaign, 'rollUp { taskCount }'), { rollUp: { taskCount: 0 } })
})

test('the parts of a task are shown with what they have come to together', async () => {
  const id = await openTask({ name: 'Campaign' })
  const first = await create({ name: 'First part', parentId: id, budget: { maxTrials: 4 } })
  await create({ name: 'Deeper', parentId: first })
  await start(first)
  await tell(await ask(first), 7.25)
  await page.reload()
  await child(first).getByText('7.25').waitFor()
  await child(first).getByText('25 %').waitFor()
  await byId('roll-up').getByText('2 tasks').waitFor()
  await button(byId('children'), 'Children').click()
  await byId('roll-up').getByText('1 task', { exact: true }).waitFor()
  // What happens below comes by itself.
  await tell(await ask(first), 9.5)
  await byId('roll-up').getByText('9.5').waitFor()
})

test('a new part is made by the form, and leads to its own page', async () => {
  const id = await openCreated({ name: 'Parent by form' })
  await button(page, 'More actions').click()
  await page.getByRole('menuitem', { name: 'New part…' }).click()
  const form = byId('create-task')
  await byId('parent').getByText('Parent by form').waitFor()
  await form.getByLabel('Name', { exact: true }).first().fill('Part by form')
  const parameter = byId('parameter-row').first()
  await parameter.getByLabel('Name', { exact: true }).fill('x')
  await parameter.getByLabel('Low').fill('0')
  await parameter.getByLabel('High').fill('1')
  await byId('objectives-editor').getByLabel('Name', { exact: true }).fill('y')
  await button(form, 'Create').click()
  await byId('task-name').getByText('Part by form').waitFor()
  await byId('breadcrumb').getByRole('link', { name: 'Parent by form' }).waitFor()
  assert.equal((await taskOf(id, 'children(first: 1) { nodes { name } }')).children.nodes[0].name, 'Part by form')
})

test('pausing a task with parts asks whether all of them are meant', async () => {
  const id = await openTask({ name: 'Whole campaign' })
  const running = await create({ name: 'Running part', parentId: id })
  const created = await create({ name: 'Unstarted part', parentId: id })
  await start(running)
  await page.reload()
  await child(running).waitFor()
  await button(byId('transitions'), 'Pause').click()
  await byId('transition').getByText(/1 created, 1 running/).waitFor()
  await byId('transition').getByLabel('And the 2 tasks below it').check()
  await byId('transition').getByLabel('Reason').fill('weekend')
  await button(byId('transition'), 'Pause').click()
  await byId('toasts').getByText('2 tasks are now paused; 1 stays as it is.').waitFor()
  await page.locator(`[data-testid=child][data-task-id="${running}"] [data-status=PAUSED]`).waitFor()
  assert.deepEqual(await taskOf(created, 'status'), { status: 'CREATED' })
  await button(byId('children'), 'This task and all below it').click()
  await page.getByRole('menuitem', { name: 'Resume what a pause of all has stopped…' }).click()
  await byId('transition').getByText('Those that a pause of all below has stopped are resumed').waitFor()
  await button(byId('transition'), 'Resume').click()
  await byId('toasts').getByText('2 tasks are now running; 1 stays as it is.').waitFor()
  for (const task of [id, running]) assert.deepEqual(await taskOf(task, 'status statusReason'), { status: 'RUNNING', statusReason: null })
  assert.deepEqual(await taskOf(created, 'status'), { status: 'CREATED' })
})

test('a complete task is resumed for a reason', async () => {
  const id = await openTask({ name: 'One more', budget: { maxTrials: 1 } })
  const trial = await ask(id)
  await tell(trial, 3)
  await page.locator('[data-status=COMPLETED]').first().waitFor()
  await button(byId('transitions'), 'Resume').click()
  await button(byId('transition'), 'Resume').click()
  await byId('transition').getByText('Say why it goes on').waitFor()
  await byId('transition').getByLabel('Reason').fill('one more')
  await button(byId('transition'), 'Resume').click()
  await byId('toasts').getByText('Change this first: max trials').waitFor()
  await mutate('updateTask', 'task { id }', { id, budget: { maxTrials: 2 } })
  await button(byId('transitions'), 'Resume').click()
  await byId('transition').getByLabel('Reason').fill('one more')
  await button(byId('transition'), 'Resume').click()
  await until('it runs', async () => (await taskOf(id, 'status')).status === 'RUNNING')
})

test('deleting a task with parts asks what becomes of them', async () => {
  const id = await openCreated({ name: 'Doomed' })
  const kept = await create({ name: 'Kept part', parentId: id })
  const deeper = await create({ name: 'Deeper part', parentId: kept })
  const remove = async () => {
    await button(page, 'More actions').click()
    await page.getByRole('menuitem', { name: 'Delete…' }).click()
    await byId('delete').getByText('What becomes of it?').waitFor()
  }
  await remove()
  assert.ok(await button(byId('delete'), 'Delete task').isDisabled(), 'nothing is chosen for the user')
  await byId('delete').getByRole('radio', { name: /^Keep it(?! one level)/ }).check()
  await button(byId('delete'), 'Delete task').click()
  await byId('task-table').waitFor()
  assert.deepEqual(await taskOf(kept, 'parent { id }'), { parent: null })
  await page.goto(`${server.url}/tasks/${kept}`)
  await child(deeper).waitFor()
  await remove()
  await byId('delete').getByLabel('Delete everything below it, too').check()
  await button(byId('delete'), 'Delete task').click()
  await byId('task-table').waitFor()
  assert.equal(await taskOf(deeper, 'id'), null)
})

test('the page of a deleted task tells who deleted it and why, and brings it back with what was below', async () => {
  const id = await openCreated({ name: 'Deleted campaign' })
  const part = await create({ name: 'Deleted part', parentId: id })
  await mutate('deleteTask', 'task { id }', { id, children: 'CASCADE', reason: 'no funds' })
  await page.getByRole('heading', { name: '“Deleted campaign” was deleted' }).waitFor()
  await byId('deletion').getByText(/By anonymous, .*: no funds/).waitFor()
  await page.getByText('And the 1 task below it that is deleted, too').waitFor()
  await button(page, 'Restore').click()
  await child(part).waitFor()
  await page.goto(`${server.url}/tasks/00000000-0000-4000-8000-000000000000`)
  await page.getByRole('heading', { name: 'There is no such task' }).waitFor()
})
