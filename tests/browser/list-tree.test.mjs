// The list as a tree: what is below each task, what that has come to, and that it follows what happens.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from './browser.mjs'
import { ask, button, byId, mutate, page, server, tell } from './lab.mjs'
import { createTask, rowOf, shows } from './list.mjs'

const fold = (name) => page.getByRole('button', { name: `Tasks below ${name}`, exact: true })
const below = (name, text) => rowOf(name).getByTestId('roll-up').filter({ hasText: text }).waitFor()
const tasks = {}

async function create(name, parent, settings = {}) {
  const parentId = parent && tasks[parent]
  tasks[name] = (await createTask(name, { parentId, budget: { maxTrials: 4 }, ...settings })).task.id
}

test('the switch shows the tasks without a parent, and what those below them have come to', async () => {
  await create('Campaign')
  await create('Ligands', 'Campaign')
  await create('Solvents', 'Campaign')
  await create('Solvents, again', 'Solvents')
  await create('Alone')
  await page.goto(server.url)
  await shows('Alone', 'Solvents, again', 'Solvents', 'Ligands', 'Campaign')
  await rowOf('Ligands').getByTestId('parent').filter({ hasText: 'in Campaign' }).waitFor()
  await button(page, 'Tree').click()
  await shows('Alone', 'Campaign')
  await page.waitForURL(/tree=true/)
  assert.equal(await byId('total-count').innerText(), '2 tasks at the top')
  await below('Campaign', '3 below: 3 created')
  assert.equal(await fold('Alone').count(), 0)
})

test('a task is unfolded by a click or an arrow key, level by level, and the address keeps it', async () => {
  await fold('Campaign').click()
  await shows('Alone', 'Campaign', 'Solvents', 'Ligands')
  await fold('Solvents').focus()
  await page.keyboard.press('ArrowRight')
  await shows('Alone', 'Campaign', 'Solvents', 'Solvents, again', 'Ligands')
  assert.equal(await rowOf('Solvents, again').getAttribute('data-depth'), '2')
  await page.reload()
  await shows('Alone', 'Campaign', 'Solvents', 'Solvents, again', 'Ligands')
  await fold('Solvents').focus()
  await page.keyboard.press('ArrowLeft')
  await shows('Alone', 'Campaign', 'Solvents', 'Ligands')
})

test('a result far below is told at the top, folded or not', async () => {
  await mutate('transitionTask', 'task { id }', { id: tasks['Solvents, again'], to: 'RUNNING' })
  await below('Campaign', '1 running')
  const trial = await ask(tasks['Solvents, again'])
  await tell(trial, 77.5)
  await below('Campaign', 'strength 77.5')
  await below('Campaign', /1 of 1 trials completed\s*on average 8 % done/)
  await below('Solvents', 'strength 77.5')
})

test('pausing a row with parts asks whether all of them are meant, as the page of the task does', async () => {
  for (const name of ['Campaign', 'Solvents']) await mutate('transitionTask', 'task { id }', { id: tasks[name], to: 'RUNNING' })
  await rowOf('Campaign').locator('[data-status=RUNNING]').waitFor()
  await button(rowOf('Campaign'), 'Actions for Campaign').click()
  await page.getByRole('menuitem', { name: 'Pause' }).click()
  await byId('transition').getByLabel('And the 3 tasks below it').check()
  await button(byId('transition'), 'Pause').click()
  await byId('toasts').getByText('3 tasks are now paused; 1 stays as it is.').waitFor()
  await below('Campaign', '2 paused')
  // A task without parts is moved at once.
  await button(rowOf('Ligands'), 'Actions for Ligands').click()
  await page.getByRole('menuitem', { name: 'Start' }).click()
  await rowOf('Ligands').locator('[data-status=RUNNING]').waitFor()
})

test('tasks that come, go and move are there without a reload', async () => {
  await create('Bases', 'Campaign')
  await shows('Alone', 'Campaign', 'Bases', 'Solvents', 'Ligands')
  await mutate('moveTask', 'task { id }', { id: tasks.Ligands, parentId: tasks.Alone })
  await shows('Alone', 'Campaign', 'Bases', 'Solvents')
  await fold('Alone').click()
  await shows('Alone', 'Ligands', 'Campaign', 'Bases', 'Solvents')
  await mutate('deleteTask', 'task { id }', { id: tasks.Bases })
  await shows('Alone', 'Ligands', 'Campaign', 'Solvents')
})

test('what is below is read page by page', async () => {
  const inputs = Array.from({ length: 130 }, (_, at) => ({ name: `Run ${at}`, parentId: tasks.Ligands }))
  await mutate('createTasks', 'tasks { id }', { tasks: inputs })
  await below('Alone', '131 below')
  await fold('Ligands').click()
  const rows = () => page.getByTestId('task-table').getAttribute('aria-rowcount')
  // The head, four tasks and Ligands' first hundred, and the line in place of the others.
  await until('a page is read', async () => (await rows()) === '106')
  await until('its end comes into view', async () => {
    await page.mouse.wheel(0, 2_000)
    return (await button(page, 'Show more').count()) === 1
  })
  await button(page, 'Show more').click()
  await until('all are read', async () => (await rows()) === '135')
})

test('a batch takes tasks of all levels', async () => {
  await page.evaluate(() => scrollTo(0, 0))
  await fold('Ligands').click()
  await page.getByRole('checkbox', { name: 'Select all tasks shown' }).check()
  await button(byId('batch-bar'), 'Add tags…').click()
  await page.getByLabel('Tags', { exact: true }).fill('2026')
  await page.keyboard.press('Enter')
  await byId('preview').filter({ hasText: '4 tasks would change' }).waitFor()
  await page.keyboard.press('Enter')
  await rowOf('Ligands').getByText('2026').waitFor()
  await rowOf('Campaign').getByText('2026').waitFor()
})
