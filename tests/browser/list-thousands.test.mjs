// Ten thousand tasks in the list: only the rows in view exist, and all of them are changed at once.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from './browser.mjs'
import { button, byId, mutate, page, server } from './lab.mjs'

const rowsRead = async () => Number(await byId('task-table').getAttribute('aria-rowcount')) - 1
const count = async (filter) => {
  const query = 'query ($filter: TaskFilter) { tasks(first: 1, filter: $filter) { totalCount } }'
  return (await server.graphql(query, { filter })).tasks.totalCount
}

test('tasks are read as the reader comes to them, and only those in view are in the document', async () => {
  for (let begin = 0; begin < 10_000; begin += 2_500) {
    const tasks = Array.from({ length: 2_500 }, (_, at) => ({ name: `Run ${begin + at}`, priority: at % 5 }))
    await mutate('createTasks', '__typename', { tasks })
  }
  await page.goto(server.url)
  await until('all are counted', async () => (await byId('total-count').innerText()) === '10,000 tasks')
  await page.mouse.move(600, 500)
  await until('a thousand are read', async () => {
    await page.mouse.wheel(0, 20_000)
    return (await rowsRead()) >= 1_000
  })
  assert.ok((await byId('task-row').count()) < 60, 'the others are no rows')
  await until('the head stays in view', async () => {
    const { y } = await page.getByRole('columnheader', { name: 'Status' }).boundingBox()
    return y > 40 && y < 100
  })
})

test('a list that the server sorts keeps its place and what was read when a task changes', async () => {
  await page.goto(`${server.url}/?sort=NAME&direction=ASCENDING`)
  await page.mouse.move(600, 500)
  await until('some hundreds are read', async () => {
    await page.mouse.wheel(0, 20_000)
    return (await rowsRead()) >= 500
  })
  // Scrolling goes on for a moment, and more is read: a row in the middle of the view stays there once it rests.
  const seen = async () => `${await rowsRead()} ${await page.evaluate(() => scrollY)}`
  await until('it rests', async () => {
    const before = await seen()
    await new Promise((resolve) => setTimeout(resolve, 500))
    return (await seen()) === before
  })
  const read = await rowsRead()
  const rows = byId('task-row')
  const row = rows.nth(Math.floor((await rows.count()) / 2))
  const id = await row.getAttribute('data-task-id')
  await mutate('updateTask', 'task { id }', { id, priority: 77 })
  const same = page.locator(`[data-task-id="${id}"]`)
  await until('it is shown', async () => (await same.locator('[data-column=priority]').innerText()) === '77')
  // It passes another in the order by name, which only a reading of the order can tell.
  await mutate('updateTask', 'task { id }', { id, name: 'A first one' })
  await until('it has left its place', async () => (await same.count()) === 0)
  assert.ok((await rowsRead()) >= read, 'nothing that was read is gone')
  await page.evaluate(() => scrollTo(0, 0))
  await same.waitFor()
})

test('a batch is done to all of them, and the rows in view follow', async () => {
  await page.getByRole('checkbox', { name: 'Select A first one' }).click()
  await button(page, 'Select all 10,000 tasks that match').click()
  await button(byId('batch-bar'), 'Add tags…').click()
  await page.getByLabel('Tags', { exact: true }).fill('everywhere')
  await page.keyboard.press('Enter')
  await byId('preview').filter({ hasText: '10,000 tasks would change' }).waitFor()
  assert.equal(await count({ tags: { any: ['everywhere'] } }), 0)
  await button(page, 'Tag 10,000 tasks').click()
  await byId('task-row').first().getByText('everywhere').waitFor()
  assert.equal(await count({ tags: { any: ['everywhere'] } }), 10_000)
})
